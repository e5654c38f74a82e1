"""Finding texts without knowing them: keyed digests of what they would look like in bytes.

Who collects the texts of a person makes fingerprints of them, so that every service can search its
stores for values that it may not read itself. A fingerprint is two things: a few bits of six of its
bytes, which a whole megabyte is compared with at once, and a keyed digest, which decides.
"""

import hashlib
import secrets
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

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
MULTIPLIER: Final = 0x9E3779B97F4A7C15
SHIFT: Final = 64 - BUCKET_BITS


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
        marks = [
            Fingerprint(_bucket(shape), len(shape), digest_of(shape, salt)) for shape in shapes
        ]
        return cls(salt, tuple(marks))

    @classmethod
    def of_mark(cls, text: str) -> "Fingerprints":
        """Return what `text`, which is no secret, looks like; nothing when it is too short."""
        shape = text.encode().lower()
        if len(shape) < WINDOW:
            return cls(b"", ())
        return cls(b"", (Fingerprint(_bucket(shape), len(shape), digest_of(shape, b"")),))

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


def digest_of(shape: bytes, salt: bytes) -> bytes:
    """Return the keyed digest that decides whether `shape` is meant."""
    return hashlib.blake2b(shape, digest_size=DIGEST_BYTES, key=salt).digest()


def _bucket(shape: bytes) -> int:
    word = int.from_bytes(shape[:WINDOW], "little")
    return (word * MULTIPLIER & 0xFFFFFFFFFFFFFFFF) >> SHIFT
