"""A small disk of its own for an engine, which can be filled to the last byte."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

PIECES: Final = (1_048_576, 4_096)
"""Sizes in which a disk is filled: the second takes what is left of the first."""


class Disk:
    """A memory file system of `megabytes`, mounted at `folder`."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        """Mount the disk.

        Raises:
            subprocess.CalledProcessError: this process may not mount anything.
        """
        self.folder = folder
        self._filler = folder / "filler"
        folder.mkdir(parents=True)
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)],  # noqa: S607
            check=True,
        )

    def close(self) -> None:
        """Unmount the disk, whatever still uses it."""
        subprocess.run(["umount", "--lazy", str(self.folder)], check=False)  # noqa: S607

    @property
    def used_megabytes(self) -> int:
        """How much is written on it."""
        state = os.statvfs(self.folder)
        return (state.f_blocks - state.f_bfree) * state.f_frsize // 1_048_576

    @asynccontextmanager
    async def full(self) -> AsyncIterator[None]:
        """Leave not a byte free as long as this lasts."""
        filling = asyncio.create_task(self._keep_full())
        try:
            while self._free():  # noqa: ASYNC110 - engines set bytes free as they please
                await asyncio.sleep(0.01)
            yield
        finally:
            filling.cancel()
            await asyncio.gather(filling, return_exceptions=True)
            self._filler.unlink(missing_ok=True)

    def _free(self) -> int:
        return os.statvfs(self.folder).f_bfree

    async def _keep_full(self) -> None:
        """Take what is free, and again what others set free meanwhile."""
        with self._filler.open("wb") as file:
            size = 0
            while True:
                for piece in PIECES:
                    size = await asyncio.to_thread(_grow, file.fileno(), size, piece)
                await asyncio.sleep(0.05)


def _grow(file: int, size: int, piece: int) -> int:
    try:
        while True:
            os.posix_fallocate(file, size, piece)
            size += piece
    except OSError:
        return size
