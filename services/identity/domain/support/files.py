"""Which attachments are taken: what they are by their content, never by their name."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

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
        fits = 0 < len(one.content) <= LARGEST and len(taken) < MOST
        if fits and one.media_type in SUFFIXES:
            taken.append(one)
        else:
            refused.append(one.name)
    return Sorted(tuple(taken), tuple(refused))


def with_refused(text: str, refused: Sequence[str]) -> str:
    """Return `text` with what was refused named below it, so that nothing is missing in silence."""
    return text + REFUSED.format(names=", ".join(refused)) if refused else text
