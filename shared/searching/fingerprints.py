"""Finding texts without knowing them: keyed digests of what they would look like in bytes.

Who collects the texts of a person makes fingerprints of them, so that every service can search its
stores for values that it may not read itself. A fingerprint is two things: a few bits of six of its
bytes, which a whole megabyte is compared with at once, and a keyed digest, which decides.
"""

import hashlib
import secrets
import struct
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from shared.searching.forms import encoded_forms

WINDOW: Final = 6
"""Bytes of which the quick comparison looks at."""
BUCKET_BITS: Final = 24
SALT_BYTES: Final = 16
DIGEST_BYTES: Final = 16
SURE: Final = 12
"""Bytes from which a match is none by chance, also within a longer word or in base64."""
LONGEST: Final = 512
"""Bytes of the longest shape; what is read in pieces overlaps by so much."""
SEPARATOR: Final = bytes(8)
DIRECT: Final = frozenset({"utf-8", "json", "percent", "percent-lower"})
UNUSED: Final = frozenset({"utf-16-le", "utf-16-be"})
"""Shapes that nothing here writes."""
_ENTRY: Final = struct.Struct(f"<IH{DIGEST_BYTES}s")
_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
_MASK: Final = np.uint64((1 << 8 * WINDOW) - 1)
_SHIFT: Final = np.uint64(64 - BUCKET_BITS)
_ALPHABET: Final = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789+/")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One text in one shape."""

    bucket: int
    length: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """What somebody's texts look like; nothing of it can be read."""

    salt: bytes
    marks: tuple[Fingerprint, ...]

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Fingerprints":
        """Return the fingerprints of `texts` under a fresh salt."""
        salt = secrets.token_bytes(SALT_BYTES)
        shapes = dict.fromkeys(shape for text in texts for shape in shapes_of(text))
        marks = [Fingerprint(_bucket(shape), len(shape), _digest(shape, salt)) for shape in shapes]
        return cls(salt, tuple(marks))

    def packed(self) -> bytes:
        """Return them as bytes."""
        entries = (_ENTRY.pack(one.bucket, one.length, one.digest) for one in self.marks)
        return self.salt + b"".join(entries)

    @classmethod
    def unpacked(cls, data: bytes) -> "Fingerprints":
        """Return what `packed` made `data` of."""
        entries = _ENTRY.iter_unpack(data[SALT_BYTES:])
        return cls(data[:SALT_BYTES], tuple(Fingerprint(*entry) for entry in entries))


def shapes_of(text: str) -> Iterator[bytes]:
    """Yield the shapes of `text` that are searched for, as they are once ASCII is in lower case."""
    for spelling in dict.fromkeys((text, text.casefold(), text.upper())):
        for form, shape in encoded_forms(spelling).items():
            direct = form in DIRECT
            if form in UNUSED or not (direct or spelling == text):
                continue
            if (WINDOW if direct else SURE) <= len(shape) <= LONGEST:
                yield shape.lower()


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
        known = [*sought, *(_plain_mark(mark) for mark in marks)]
        self._salts = [prints.salt for prints in known]
        self._sought: dict[int, list[tuple[int, Fingerprint]]] = defaultdict(list)
        for owner, prints in enumerate(known):
            for one in prints.marks:
                self._sought[one.bucket].append((owner, one))
        self._present = np.zeros(1 << BUCKET_BITS, dtype=np.bool_)
        self._present[list(self._sought)] = True
        self.size = sum(len(prints.marks) for prints in known)

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
            for owner, one in self._sought[bucket]:
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
            buckets = ((words & _MASK) * _MULTIPLIER) >> _SHIFT
            hits = np.flatnonzero(self._present[buckets])
            for hit, bucket in zip(hits.tolist(), buckets[hits].tolist(), strict=True):
                yield hit * 8 + offset, bucket

    @staticmethod
    def _is_there(text: bytes, position: int, one: Fingerprint, salt: bytes) -> bool:
        end = position + one.length
        if end > len(text) or (one.length < SURE and not _stands_alone(text, position, end)):
            return False
        return _digest(text[position:end], salt) == one.digest


def _stands_alone(text: bytes, start: int, end: int) -> bool:
    """Whether nothing around makes it part of a longer word, or of encrypted text in base64."""
    before = start > 0 and text[start - 1] in _ALPHABET
    return not before and not (end < len(text) and text[end] in _ALPHABET)


def _plain_mark(text: str) -> Fingerprints:
    shape = text.encode().lower()
    if len(shape) < WINDOW:
        return Fingerprints(b"", ())
    return Fingerprints(b"", (Fingerprint(_bucket(shape), len(shape), _digest(shape, b"")),))


def _bucket(shape: bytes) -> int:
    word = int.from_bytes(shape[:WINDOW], "little")
    return (word * int(_MULTIPLIER) & 0xFFFFFFFFFFFFFFFF) >> int(_SHIFT)


def _digest(shape: bytes, salt: bytes) -> bytes:
    return hashlib.blake2b(shape, digest_size=DIGEST_BYTES, key=salt).digest()
