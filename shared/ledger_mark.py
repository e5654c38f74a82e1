"""How far an erasure ledger goes, in a form that shows at once whether another one continues it.

Reading a mark takes one pass over the bytes and no knowledge of what the lines say, so that every
service, every copy and every restore can compare ledgers.
"""

import hashlib
from pathlib import Path
from typing import BinaryIO, Final

from pydantic import BaseModel, ConfigDict

FILE: Final = "erasures.jsonl"
CHUNK: Final = 1024 * 1024


class LedgerMark(BaseModel):
    """The whole lines of a ledger: how many, how many bytes, and their digest."""

    model_config = ConfigDict(frozen=True)

    entries: int = 0
    size: int = 0
    sha256: str = hashlib.sha256().hexdigest()


NOTHING: Final = LedgerMark()


def mark_of(path: Path) -> LedgerMark:
    """Return the mark of the ledger in the file `path`; of an empty one where there is none.

    A last line without its end was never acted upon and does not count.
    """
    try:
        with path.open("rb") as file:
            size = _end_of_whole_lines(file)
            return _read(file, size)
    except FileNotFoundError:
        return NOTHING


def continues(path: Path, mark: LedgerMark) -> bool:
    """Whether the ledger in the file `path` begins with all that `mark` stands for."""
    if mark.size == 0:
        return True
    try:
        with path.open("rb") as file:
            return _read(file, mark.size) == mark
    except FileNotFoundError:
        return False


def _end_of_whole_lines(file: BinaryIO) -> int:
    end = file.seek(0, 2)
    while end > 0:
        begin = max(0, end - CHUNK)
        file.seek(begin)
        newline = file.read(end - begin).rfind(b"\n")
        if newline >= 0:
            return begin + newline + 1
        end = begin
    return 0


def _read(file: BinaryIO, size: int) -> LedgerMark:
    file.seek(0)
    digest = hashlib.sha256()
    entries = done = 0
    while done < size and (chunk := file.read(min(CHUNK, size - done))):
        digest.update(chunk)
        entries += chunk.count(b"\n")
        done += len(chunk)
    return LedgerMark(entries=entries, size=done, sha256=digest.hexdigest())
