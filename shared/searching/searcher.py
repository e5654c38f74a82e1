"""Looking for fingerprints in bytes, a megabyte at a time."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from shared.searching.fingerprints import (
    BUCKET_BITS,
    MULTIPLIER,
    SEPARATOR,
    SHIFT,
    SURE,
    WINDOW,
    Fingerprint,
    Fingerprints,
    digest_of,
)

_MULTIPLIER: Final = np.uint64(MULTIPLIER)
_MASK: Final = np.uint64((1 << 8 * WINDOW) - 1)
_SHIFT: Final = np.uint64(SHIFT)
SPARE_BITS: Final = 10
"""Of as many as 2 to this power places in the first table, one fingerprint takes one."""
_ALPHABET: Final = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789+/")


@dataclass(frozen=True, slots=True)
class Match:
    """A text of `owner` lies in the piece at `piece`."""

    owner: int
    piece: int
    sure: bool
    """Whether the text is long enough to be nobody else's."""


class Searcher:
    """Looks for the fingerprints of many owners at once; memory grows with their number alone."""

    def __init__(self, sought: Sequence[Fingerprints], marks: Sequence[str] = ()) -> None:
        """Prepare the search for `sought`, and for `marks`: plain texts such as ids.

        A match's owner is the place in `sought`, or, beyond its end, in `marks`.
        """
        known = [*sought, *(Fingerprints.of_mark(mark) for mark in marks)]
        self._salts = [prints.salt for prints in known]
        by_bucket: dict[int, list[tuple[int, Fingerprint]]] = defaultdict(list)
        for owner, prints in enumerate(known):
            for one in prints.marks:
                by_bucket[one.bucket].append((owner, one))
        self.size = sum(len(prints.marks) for prints in known)
        bits = min(BUCKET_BITS, self.size.bit_length() + SPARE_BITS)
        self._shift = np.uint64(64 - bits)
        self._present = np.zeros(1 << bits, dtype=np.bool_)
        self._present[[bucket >> (BUCKET_BITS - bits) for bucket in by_bucket]] = True
        self._sought = dict(by_bucket)

    def search(self, pieces: Sequence[bytes]) -> set[Match]:
        """Return what lies in `pieces`; takes some 15 ms a megabyte, most of it without the GIL."""
        starts, at = [], 0
        for piece in pieces:
            starts.append(at)
            at += len(piece) + len(SEPARATOR)
        text = SEPARATOR.join(pieces).lower()
        found: set[Match] = set()
        if not self.size:
            return found
        for position, bucket in self._candidates(text + SEPARATOR):
            for owner, one in self._sought.get(bucket, ()):
                if self._is_there(text, position, one, self._salts[owner]):
                    at_piece = bisect_right(starts, position) - 1
                    found.add(Match(owner, at_piece, one.length >= SURE))
        return found

    def _candidates(self, text: bytes) -> Iterator[tuple[int, int]]:
        for offset in range(8):
            count = (len(text) - offset) // 8
            if count <= 0:
                continue
            words: npt.NDArray[np.uint64] = np.frombuffer(text, "<u8", count, offset)
            hashed = (words & _MASK) * _MULTIPLIER
            hits = np.flatnonzero(self._present[hashed >> self._shift])
            buckets = hashed[hits] >> _SHIFT
            for hit, bucket in zip(hits.tolist(), buckets.tolist(), strict=True):
                yield hit * 8 + offset, bucket

    @staticmethod
    def _is_there(text: bytes, position: int, one: Fingerprint, salt: bytes) -> bool:
        end = position + one.length
        if end > len(text) or (one.length < SURE and not _stands_alone(text, position, end)):
            return False
        return digest_of(text[position:end], salt) == one.digest


def _stands_alone(text: bytes, start: int, end: int) -> bool:
    """Whether nothing around makes it part of a longer word, or of encrypted text in base64."""
    before = start > 0 and text[start - 1] in _ALPHABET
    return not before and not (end < len(text) and text[end] in _ALPHABET)
