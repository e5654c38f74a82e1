"""The HTTP interface: who may call what, and nothing personal in an address."""

from typing import Any, Final

import pytest

from shared.access_files import CONTRIBUTORS
from shared.http.auth import Role
from shared.http.idempotency import HEADER, PATTERN
from shared.topics import SERVICES
from tests.unit.docs.documents import DOCS, loaded

PUBLIC: Final = {
    ("consent", "GET", "/policy"),
    ("consent", "GET", "/policy/changes"),
    ("identity", "POST", "/registrations"),
    ("identity", "POST", "/confirmations"),
    ("identity", "POST", "/guardian-agreements"),
    ("identity", "POST", "/guardian-agreements/asked"),
    ("identity", "POST", "/guardian-agreements/refusals"),
    ("identity", "POST", "/guardian-agreements/revocations"),
    ("identity", "POST", "/rights-confirmations"),
    *((service, "POST", "/access-parts") for service in CONTRIBUTORS),
    *(("identity", "POST", f"/access-files/{act}") for act in ("linked", "opening", "fetching")),
    ("identity", "POST", "/rights-confirmations/asked"),
    ("identity", "POST", "/sign-in-notices/asked"),
    ("identity", "POST", "/sign-in-notices"),
    ("identity", "POST", "/email-changes/confirmations"),
    ("identity", "POST", "/email-changes/stops"),
    ("identity", "POST", "/passwords"),
    ("identity", "POST", "/recoveries"),
    ("identity", "POST", "/sessions"),
    ("identity", "POST", "/provider-sign-ins"),
    ("identity", "POST", "/provider-logouts"),
    ("identity", "POST", "/sessions/provider"),
    ("identity", "POST", "/sessions/pending"),
    ("identity", "POST", "/sessions/second-factor"),
    ("identity", "POST", "/sessions/passkey"),
    ("identity", "POST", "/passkey-challenges"),
    ("identity", "POST", "/sessions/pending/factor-return"),
    ("identity", "POST", "/factor-returns/confirmations"),
    ("identity", "POST", "/factor-returns/stops"),
    ("identity", "POST", "/contact-requests"),
    ("learning", "GET", "/modules"),
    ("learning", "GET", "/modules/{module_id}"),
    ("consent", "POST", "/unsubscriptions"),
    ("retention", "GET", "/rules"),
    ("retention", "GET", "/certificate-key"),
    ("retention", "GET", "/certificate-key/pem"),
    ("retention", "GET", "/recipients"),
    ("identity", "GET", "/transparency"),
    *((service, "GET", path) for service in SERVICES for path in ("/health/live", "/health/ready")),
}
"""Routes anybody may call."""
OWN_OF_STAFF_TOO: Final = ("/me/notices", "/me/password", "/me/authenticat", "/me/training")
"""What staff have of their own beside `/me` itself begins so."""

NOT_REPEATABLE: Final = {
    ("identity", "POST", "/guardian-agreements/asked"): "reads, by a token that no address bears",
    ("identity", "POST", "/rights-confirmations/asked"): "reads, by a token that no address bears",
    **{
        (service, "POST", "/access-parts"): "reads, by a key that no address bears"
        for service in CONTRIBUTORS
    },
    ("identity", "POST", "/access-files/linked"): "reads, by a token that no address bears",
    ("identity", "POST", "/access-files/opening"): "reads, by a token that no address bears",
    ("identity", "POST", "/me/access-files/{file_id}/opening"): "reads a key that no address bears",
    ("identity", "POST", "/sign-in-notices/asked"): "reads, by a token that no address bears",
    ("identity", "POST", "/sessions"): "each sign-in is a fact of its own, with its trace",
    **{
        ("identity", "POST", path): "a proof or a challenge, which serves once by itself"
        for path in (
            "/sessions/second-factor",
            "/sessions/passkey",
            "/sessions/provider",
            "/provider-sign-ins",
            "/provider-logouts",
            "/passkey-challenges",
            "/me/authentication",
            "/me/authentication/challenge",
            "/me/authenticators/passkeys/challenge",
        )
    },
    ("identity", "POST", "/sessions/pending"): "a question with a secret in it; changes nothing",
    ("retention", "POST", "/rules/trial"): "a question too long for an address; changes nothing",
    ("identity", "POST", "/support-requests/searches"): "an address has no place in a URL",
    **{
        (service, "POST", path): "an operator's act on a process, the same again however often"
        for service in SERVICES
        for path in (
            "/ops/schedules/{name}",
            "/ops/republish",
            "/ops/projections/pause",
            "/ops/projections/resume",
            "/ops/projections/{name}/{work}",
        )
    },
}
"""Routes that change something and take no `Idempotency-Key`, with the reason."""

PERSONAL_NAMES: Final = {"email", "name", "first_name", "last_name", "telephone", "address"}


def _operations() -> list[tuple[str, str, str, dict[str, Any]]]:
    return [
        (service, method.upper(), path, operation)
        for service in SERVICES
        for path, methods in loaded(DOCS / "openapi" / f"{service}.yaml")["paths"].items()
        for method, operation in methods.items()
    ]


@pytest.mark.promise("C4.1", "C4.2")
def test_every_route_names_the_roles_it_lets_pass_or_is_meant_for_everybody() -> None:
    open_routes = {(s, m, p) for s, m, p, operation in _operations() if "x-roles" not in operation}
    assert open_routes == PUBLIC & {(s, m, p) for s, m, p, _ in _operations()}


@pytest.mark.promise("C4.2")
@pytest.mark.parametrize(
    ("role", "forbidden"),
    [
        (Role.TRAINER, ("invoice", "payment", "trace", "contact-request")),
        (Role.BILLING, ("enrolment", "certification", "history", "recording", "trace")),
        (Role.SUPPORT, ("invoice", "enrolment", "certification", "trace", "history")),
        (Role.SPEAKER, ("invoice", "enrolment", "certification", "trace", "history")),
        (Role.COUNSELLOR, ("invoice", "payment", "trace", "contact-request")),
    ],
)
def test_a_role_reaches_no_route_of_anothers_compartment(
    role: Role, forbidden: tuple[str, ...]
) -> None:
    reached = [
        path for _, _, path, operation in _operations() if role in operation.get("x-roles", ())
    ]
    assert [path for path in reached if any(word in path for word in forbidden)] == []


@pytest.mark.promise("C4.2")
def test_what_is_a_learners_own_is_reached_by_learners_only() -> None:
    for service, method, path, operation in _operations():
        if path.startswith("/me/") and not path.startswith(OWN_OF_STAFF_TOO):
            assert operation["x-roles"] == [Role.LEARNER], f"{service} {method} {path}"


def test_no_address_carries_a_personal_value() -> None:
    for service, method, path, operation in _operations():
        if path.startswith("/ops/"):
            continue  # names of schedules and read models
        parameters = [p for p in operation.get("parameters", ()) if p["in"] in ("path", "query")]
        names = {parameter["name"] for parameter in parameters}
        assert not names & PERSONAL_NAMES, f"{service} {method} {path}"


def test_whatever_changes_something_recognises_a_repeated_request() -> None:
    changing = [o for o in _operations() if o[1] in {"POST", "PUT", "PATCH", "DELETE"}]
    keyless = set()
    for service, method, path, operation in changing:
        (key,) = [p for p in operation.get("parameters", ()) if p["name"] == HEADER] or [None]
        if key is None:
            keyless.add((service, method, path))
        else:
            # The kernel's own dependency, not a header that an endpoint reads for itself.
            assert key["schema"]["pattern"] == PATTERN, f"{service} {method} {path}"
    assert keyless == NOT_REPEATABLE.keys()


def test_every_answer_may_be_a_problem() -> None:
    for _, _, _, operation in _operations():
        for status in ("4XX", "503"):
            problem = operation["responses"][status]["content"]["application/problem+json"]
            assert problem["schema"]["$ref"] == "#/components/schemas/Problem"
        assert "default" not in operation["responses"], "it would allow any answer"
