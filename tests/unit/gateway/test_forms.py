"""A form sent twice acts once."""

import ast
from pathlib import Path
from typing import Final

import services.gateway.pages

PAGES: Final = Path(services.gateway.pages.__path__[0])
WITHOUT_FORM: Final = {
    "/sessions",  # each sign-in and sign-out is a fact of its own
    "/sessions/pending",  # changes nothing
    "/sign-in-notices/asked",  # changes nothing
    # what shows who somebody is serves once by itself, and so does a challenge
    "/sessions/second-factor",
    "/sessions/passkey",
    "/me/authentication",
    "/passkey-challenges",
    "/me/authentication/challenge",
    "/me/authenticators/passkeys/challenge",
    "/provider-sign-ins",  # the same
    "/provider-logouts",  # the provider, with a token that serves once
    "/sessions/provider",
    "/unsubscriptions",  # mail programs press the link by themselves
    "/support-requests/searches",  # changes nothing
    "/guardian-agreements/asked",
    "/rights-confirmations/asked",  # the same
    "/access-parts",  # the same: parts are read by a key
    "/access-files/linked",
    "/access-files/opening",
    "f'/me/access-files/{file_id}/opening",
}


def _asked_of_services() -> list[tuple[str, ast.Call]]:
    return [
        (page.name, node)
        for page in sorted(PAGES.rglob("*.py"))
        for node in ast.walk(ast.parse(page.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and ast.unparse(node.func).endswith("caller.send")
    ]


def test_every_form_passes_its_key_on() -> None:
    asked = _asked_of_services()
    assert len(asked) > 15
    for page, call in asked:
        path = ast.unparse(call.args[2]).strip("'")
        keyed = any(keyword.arg == "key" for keyword in call.keywords)
        assert keyed != (path in WITHOUT_FORM), f"{page}: {path}"
