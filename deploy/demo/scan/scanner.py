"""Searching streams of bytes for many values at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ahocorasick_rs import BytesAhoCorasick, Implementation

from shared.searching.forms import encoded_forms

CHUNK_BYTES: Final = 4 * 1_048_576


@dataclass(frozen=True, slots=True)
class Finding:
    """One value lay readable in one place."""

    value: int
    """Index of the value among those searched for."""
    form: str
    medium: str
    """Where it lay: a file, a collection, a topic."""


class Scanner:
    """Looks for `values` in every shape of `encoded_forms`."""

    def __init__(self, values: Sequence[Sequence[str]]) -> None:
        """Prepare the search; each value is given by its spellings."""
        patterns: dict[bytes, tuple[int, str]] = {}
        for index, spellings in enumerate(values):
            for spelling in spellings:
                for form, shape in encoded_forms(spelling).items():
                    patterns.setdefault(shape, (index, form))
        self._meanings = list(patterns.values())
        self._overlap = max(map(len, patterns), default=1) - 1
        # A quarter of the default automaton's size, and as quick on bytes like these.
        self._automaton = BytesAhoCorasick(
            list(patterns), implementation=Implementation.ContiguousNFA
        )
        self.bytes_read = 0

    def scan(self, chunks: Iterable[bytes], medium: str) -> set[Finding]:
        """Return what is readable in consecutive `chunks`, across their borders too."""
        findings = set()
        tail = b""
        for chunk in chunks:
            self.bytes_read += len(chunk)
            window = tail + chunk
            for pattern, _, _ in self._automaton.find_matches_as_indexes(window, overlapping=True):
                value, form = self._meanings[pattern]
                findings.add(Finding(value, form, medium))
            tail = window[-self._overlap :] if self._overlap else b""
        return findings

    def scan_file(self, path: Path, medium: str) -> set[Finding]:
        """Return what is readable in the file at `path`."""
        return self.scan(file_chunks(path), medium)


def file_chunks(path: Path) -> Iterable[bytes]:
    """Yield the content of `path` piece by piece."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
