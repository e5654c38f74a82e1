"""A part of a copy: documents, compressed, sealed in the age format, written to several places.

Everything streams: one page of documents and one buffer are in memory.
"""

import contextlib
import errno
import hashlib
import os
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, Self, cast

import pyrage

from deploy.backup.copies import CopyDefectError, Part
from shared.stores import StoreError, split

LEVEL: Final = 1
"""Sealed values hardly compress; field names do, at any level."""
GZIP: Final = 31
BUFFER: Final = 256 * 1024

Take = Callable[[bytes], None]


@dataclass
class Destination:
    """One target, as long as it can be written to."""

    target: Path
    folder: Path
    failure: str | None = None


class _Packed:
    """Documents as a compressed stream to read from."""

    def __init__(self, documents: Iterator[bytes]) -> None:
        self._documents = documents
        self._compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
        self._ready = bytearray()
        self._ended = False
        self.count = 0
        self.error: StoreError | None = None

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes; none at the end."""
        while not self._ended and (size < 0 or len(self._ready) < size):
            self._more()
        taken = bytes(self._ready) if size < 0 else bytes(self._ready[:size])
        del self._ready[: len(taken)]
        return taken

    def _more(self) -> None:
        try:
            document = next(self._documents, None)
        except StoreError as error:
            # The library would make another exception of it.
            self.error = error
            raise
        if document is None:
            self._ready += self._compressor.flush()
            self._ended = True
        else:
            self._ready += self._compressor.compress(document)
            self.count += 1


@dataclass
class _Copies:
    """Writes the same bytes to every destination; one that fails is left out from then on."""

    destinations: list[Destination]
    file: str
    size: int = 0
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    _open: dict[int, BinaryIO] = field(default_factory=dict)

    def __enter__(self) -> Self:
        for number, destination in enumerate(self.destinations):
            if destination.failure is None:
                try:
                    self._open[number] = (destination.folder / self.file).open("xb")
                except OSError as error:
                    self._fail(number, error)
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._open.values():
            file.close()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        self.size += len(data)
        for number, file in list(self._open.items()):
            try:
                file.write(data)
            except OSError as error:
                self._fail(number, error)
        if not self._open:
            raise OSError(errno.EIO, "no target is left")
        return len(data)

    def flush(self) -> None:
        for number, file in list(self._open.items()):
            try:
                file.flush()
                os.fsync(file.fileno())
            except OSError as error:
                self._fail(number, error)

    def _fail(self, number: int, error: OSError) -> None:
        if file := self._open.pop(number, None):
            # What could not be written before cannot be now: the first failure is told.
            with contextlib.suppress(OSError):
                file.close()
        self.destinations[number].failure = reason_of(error)


def reason_of(error: OSError) -> str:
    """Return what to tell people about `error`."""
    return "the disk is full" if error.errno == errno.ENOSPC else (error.strerror or str(error))


def write_part(
    name: str,
    documents: Iterator[bytes],
    recipient: pyrage.x25519.Recipient,
    destinations: list[Destination],
) -> Part | None:
    """Seal `documents` for `recipient` into a file at each destination; `None`: all have failed.

    Raises:
        StoreError: the documents could not be read.
    """
    packed = _Packed(documents)
    file = f"{name}.bson.gz.age"
    with _Copies(destinations, file) as copies:
        try:
            # The library takes anything with `read` and `write`.
            pyrage.encrypt_io(cast("BinaryIO", packed), cast("BinaryIO", copies), [recipient])
        except (pyrage.EncryptError, OSError):
            if packed.error is not None:
                raise packed.error from None
            if all(destination.failure for destination in destinations):
                return None
            raise
        copies.flush()
    return Part(
        name=name,
        file=file,
        sha256=copies.digest.hexdigest(),
        size=copies.size,
        documents=packed.count,
    )


def check_part(folder: Path, part: Part) -> None:
    """Read the file of `part` and compare it with its checksum.

    Raises:
        CopyDefectError: it is another.
    """
    digest = hashlib.sha256()
    try:
        with (folder / part.file).open("rb") as file:
            while chunk := file.read(BUFFER):
                digest.update(chunk)
    except FileNotFoundError as error:
        raise CopyDefectError(f"{folder / part.file} is missing") from error
    if digest.hexdigest() != part.sha256:
        raise CopyDefectError(f"{folder / part.file} is not what was written")


class _Unpacked:
    """Takes a compressed stream and hands its documents on."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._decompressor = zlib.decompressobj(GZIP)
        self._data = bytearray()
        self.count = 0
        self.error: Exception | None = None

    def write(self, data: bytes) -> int:
        """Take compressed bytes."""
        self._data += self._decompressor.decompress(data)
        for document in split(self._data):
            self.count += 1
            try:
                self._take(document)
            except Exception as error:
                # The library would make another exception of it.
                self.error = error
                raise
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    @property
    def whole(self) -> bool:
        """Whether the stream ended where it should."""
        return self._decompressor.eof and not self._data


def open_part(folder: Path, part: Part, identity: pyrage.x25519.Identity, take: Take) -> None:
    """Hand every document of `part` to `take`.

    What `take` raises comes out as it is.

    Raises:
        CopyDefectError: the part cannot be opened, or is not whole.
    """
    path = folder / part.file
    unpacked = _Unpacked(take)
    try:
        with path.open("rb") as file:
            pyrage.decrypt_io(file, cast("BinaryIO", unpacked), [identity])
    except FileNotFoundError as error:
        raise CopyDefectError(f"{path} is missing") from error
    except (pyrage.DecryptError, OSError, zlib.error, ValueError) as error:
        if unpacked.error is not None:
            raise unpacked.error from None
        raise CopyDefectError(f"{path} cannot be opened: {error}") from error
    if not unpacked.whole or unpacked.count != part.documents:
        raise CopyDefectError(f"{path} holds {unpacked.count} of {part.documents} documents")
