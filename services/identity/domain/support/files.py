"""Which attachments are taken: what they are by their content, never by their name."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from services.identity.domain.errors import FileRefusedError

LARGEST: Final = 5 * 1024 * 1024
MOST: Final = 5
"""Of one message."""
SUFFIXES: Final = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "text/plain": "txt",
}
"""What cannot run anything where it is opened, with the end of its name."""
REFUSED: Final = "\n\n[pièces jointes refusées / attachments refused: {names}]"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message; its `repr` shows nothing."""

    name: str = field(repr=False)
    content: bytes = field(repr=False)
    media_type: str | None
    """What its content is; `None` where that is not known."""


class Refusal(StrEnum):
    """Why a file is not taken."""

    EMPTY = "file_empty"
    TYPE = "file_type"
    TOO_LARGE = "file_too_large"
    TOO_MANY = "file_too_many"


@dataclass(frozen=True, slots=True)
class Sorted:
    """Attachments that are taken, and the names of the others."""

    taken: tuple[Attachment, ...]
    refused: tuple[str, ...] = field(repr=False)


def sort(attachments: Sequence[Attachment]) -> Sorted:
    """Return which of `attachments` are taken: of a known harmless type, not too large or many."""
    taken: list[Attachment] = []
    refused: list[str] = []
    for one in attachments:
        if refusal(one, before=len(taken)) is None:
            taken.append(one)
        else:
            refused.append(one.name)
    return Sorted(tuple(taken), tuple(refused))


def refusal(attachment: Attachment, *, before: int) -> Refusal | None:
    """Return why `attachment` is not taken, with so many taken `before` it; `None` if it is."""
    if not attachment.content:
        return Refusal.EMPTY
    if len(attachment.content) > LARGEST:
        return Refusal.TOO_LARGE
    if attachment.media_type not in SUFFIXES:
        return Refusal.TYPE
    return Refusal.TOO_MANY if before >= MOST else None


def require_taken(attachments: Sequence[Attachment]) -> None:
    """Return when every one of `attachments` is taken: whoever sends a form can mend it.

    Raises:
        FileRefusedError: one is not.
    """
    for before, one in enumerate(attachments):
        reason = refusal(one, before=before)
        if reason is not None:
            raise FileRefusedError(reason)


def with_refused(text: str, refused: Sequence[str]) -> str:
    """Return `text` with what was refused named below it, so that nothing is missing in silence."""
    return text + REFUSED.format(names=", ".join(refused)) if refused else text
