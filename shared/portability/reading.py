"""Reading a portability file that somebody sent us: it may be broken, or made to harm.

Nothing is unpacked but the one member that is understood, and of that no more than `MOST_BYTES`.
Texts are taken as they are written, whatever they begin with: they are only ever shown as text, and
a table that a spreadsheet opens has them defused (`shared.packaging`).
"""

import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from io import BytesIO
from typing import Final
from zipfile import BadZipFile, ZipFile

from pydantic import BaseModel, ValidationError

from shared.packaging import MANIFEST, Manifest, sha256_of
from shared.portability.file import FORMAT, Course, PortabilityFile

DATA: Final = "portability.json"
"""The member of the package that is read."""
MOST_BYTES: Final = 8 * 1024 * 1024
MOST_MEMBERS: Final = 100
MOST_RECORDS: Final = 500
MOST_ANSWERS: Final = 10_000
LARGEST_RECORD: Final = 256 * 1024
MOST_OTHERS: Final = 5_000
"""Messages and choices."""
FAMILY: Final = FORMAT.rpartition("/")[0]


class Defect(StrEnum):
    """Why a file is refused."""

    EMPTY = "empty"
    NOT_OURS = "not_ours"
    OTHER_VERSION = "other_version"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    DAMAGED = "damaged"
    SHAPE = "shape"


class UnreadableFileError(Exception):
    """The file is not taken; the message names the defect and nothing of the content."""

    def __init__(self, defect: Defect) -> None:
        super().__init__(defect)
        self.defect = defect


class _Labelled(BaseModel):
    """What tells a portability file from any other JSON."""

    format: str


def read(content: bytes) -> PortabilityFile:
    """Return the portability file that `content` is, or packs.

    Raises:
        UnreadableFileError: it is none, is damaged, or holds more than is taken.
    """
    if not content:
        raise UnreadableFileError(Defect.EMPTY)
    text = _unpacked(content) if content.startswith(b"PK") else content
    if len(text) > MOST_BYTES:
        raise UnreadableFileError(Defect.TOO_LARGE)
    try:
        label = _Labelled.model_validate_json(text).format
    except ValidationError:
        raise UnreadableFileError(Defect.NOT_OURS) from None
    if label != FORMAT:
        ours = label.rpartition("/")[0] == FAMILY
        raise UnreadableFileError(Defect.OTHER_VERSION if ours else Defect.NOT_OURS)
    try:
        file = PortabilityFile.model_validate_json(text)
    except ValidationError:
        raise UnreadableFileError(Defect.SHAPE) from None
    _check(file)
    return file


def _unpacked(content: bytes) -> bytes:
    """Return the member that is understood, whole and as its manifest describes it."""
    try:
        with ZipFile(BytesIO(content)) as packed:
            names = packed.namelist()
            if len(names) > MOST_MEMBERS:
                raise UnreadableFileError(Defect.TOO_MANY)
            if names.count(DATA) != 1:
                raise UnreadableFileError(Defect.NOT_OURS)
            text = _member(packed, DATA)
            if MANIFEST in names:
                _compare(_member(packed, MANIFEST), text)
    except (BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError):
        raise UnreadableFileError(Defect.DAMAGED) from None
    return text


def _member(packed: ZipFile, name: str) -> bytes:
    """Return a member; one that unpacks to more than is taken is not unpacked further."""
    with packed.open(name) as member:
        text = member.read(MOST_BYTES + 1)
    if len(text) > MOST_BYTES:
        raise UnreadableFileError(Defect.TOO_LARGE)
    return text


def _compare(manifest: bytes, text: bytes) -> None:
    try:
        described = {one.name: one.sha256 for one in Manifest.model_validate_json(manifest).files}
    except ValidationError:
        raise UnreadableFileError(Defect.DAMAGED) from None
    if described.get(DATA) != sha256_of(text):
        raise UnreadableFileError(Defect.DAMAGED)


def _check(file: PortabilityFile) -> None:
    brought = file.brought
    answers = sum(len(one.record.answers) for one in brought if isinstance(one.record, Course))
    others = max(len(file.messages), len(file.choices))
    if len(brought) > MOST_RECORDS or answers > MOST_ANSWERS or others > MOST_OTHERS:
        raise UnreadableFileError(Defect.TOO_MANY)
    if any(len(one.model_dump_json().encode()) > LARGEST_RECORD for one in brought):
        raise UnreadableFileError(Defect.TOO_LARGE)
    places = Counter(one.place for one in brought)
    twice = any(count > 1 for count in places.values())
    if twice or any(_controls(text) for text in _texts(file.model_dump())):
        raise UnreadableFileError(Defect.SHAPE)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def _controls(text: str) -> bool:
    """Whether `text` has characters that change how others are shown, or end a text early."""
    return any(
        (unicodedata.category(one) in ("Cc", "Cs") and one not in "\n\r\t")
        or one in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
        for one in text
    )
