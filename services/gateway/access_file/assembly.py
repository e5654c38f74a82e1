"""The whole package: checked parts in, one ZIP out; never of fewer parts than are owed."""

import re
from collections.abc import Mapping

from services.gateway.access_file.joining import Told, joined
from services.gateway.access_file.opening import Opening
from services.gateway.access_file.tables import data_json, role_of, said, tables, value_of
from services.gateway.rendering import render
from services.gateway.wording import LANGUAGES, Language, wording
from shared.access_files import CONTRIBUTORS, AccessPart
from shared.packaging import PackageFile, package, sha256_of

HTML = "text/html; charset=utf-8"
READABLE: Mapping[Language, str] = {"fr": "lisez-moi.html", "en": "read-me.html"}
"""The readable page in each language."""


class WrongPartError(Exception):
    """A part is missing, or is not what its service said it had sealed."""

    def __init__(self, service: str) -> None:
        super().__init__(service)
        self.service = service


def assembled(opening: Opening, contents: Mapping[str, str]) -> bytes:
    """Return the access file as a ZIP (C8.1).

    Args:
        opening: what identity says of the file.
        contents: the part of each service as it came, JSON of `AccessPart`.

    Raises:
        WrongPartError: a service's part is missing, or its hash is another than was told.
    """
    told_of = {one.service: one for one in opening.parts}
    for service in CONTRIBUTORS:
        content = contents.get(service)
        expected = told_of.get(service)
        if content is None or expected is None or sha256_of(content.encode()) != expected.sha256:
            raise WrongPartError(service)
    parts = [AccessPart.model_validate_json(contents[service]) for service in CONTRIBUTORS]
    told = joined(parts)
    made_at = max(one.made_at for one in opening.parts)
    files = [
        *(_readable(told, opening, language) for language in LANGUAGES),
        data_json(told, opening),
        *tables(told, wording(opening.language)),
        *_attachments(parts),
    ]
    return package("access", files, made_at, opening.parts)


def _readable(told: Told, opening: Opening, language: Language) -> PackageFile:
    words = wording(language)
    text = render(
        language,
        "access_file/file.html",
        {
            "told": told,
            "opening": opening,
            "said": lambda one: said(words, one),
            "role_of": lambda role: role_of(words, role),
            "value_of": lambda one: value_of(words, one),
            "spelt": spelt,
        },
    )
    return PackageFile(READABLE[language], HTML, text.encode())


def spelt(event: str) -> str:
    """Return the name of an event as words: `AccountRequested` as `Account requested`."""
    return re.sub(r"(?<=[a-z])([A-Z])", lambda found: f" {found[1].lower()}", event)


def _attachments(parts: list[AccessPart]) -> list[PackageFile]:
    """Return the files the person sent, numbered: what they are called stands in `data.json`."""
    sent = [one for part in parts for one in part.attachments]
    return [
        PackageFile(
            f"files/{number:03}.{SUFFIXES.get(one.media_type, 'bin')}", one.media_type, one.content
        )
        for number, one in enumerate(sent, 1)
    ]


SUFFIXES: Mapping[str, str] = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "text/plain": "txt",
}
