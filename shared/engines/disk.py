"""Full disks, told in one line instead of a stack trace."""

import errno
import os
import shutil
from pathlib import Path
from typing import Final

from shared.engines.errors import DiskFullError

MEGABYTE: Final = 1_048_576
FLOOR_MEGABYTES: Final = 32
"""Free space below which a running system is stopped, while there is still room to do so."""


def require_free_space(folder: Path, megabytes: int) -> None:
    """Refuse to start where less than `megabytes` are free.

    Raises:
        DiskFullError: there is less, or the folder cannot be written for want of space.
    """
    existing = folder
    while not existing.exists():
        existing = existing.parent
    free = shutil.disk_usage(existing).free // MEGABYTE
    if free < megabytes:
        raise DiskFullError(
            f"disk full: {free} MB free for {folder}, {megabytes} MB needed. Free some space, "
            "choose another folder with CARIONEXIQ_DATA_DIR, or lower CARIONEXIQ_MINIMUM_FREE_MB."
        )


def stop_before_full(folder: Path, floor_megabytes: int) -> None:
    """Refuse to go on when so little is free that engines would soon fail in odd ways.

    Raises:
        DiskFullError: less than `floor_megabytes` are free.
    """
    free = shutil.disk_usage(folder).free // MEGABYTE
    if free < floor_megabytes:
        raise DiskFullError(
            f"disk full: {free} MB free for {folder}. Everything was stopped in order and "
            "acknowledged data is safe: free some space, start again."
        )


def translate_full_disk(text: str, folder: Path) -> None:
    """Raise when `text`, something a process wrote, tells of a full disk.

    Raises:
        DiskFullError: it does.
    """
    if os.strerror(errno.ENOSPC) in text:
        raise DiskFullError(f"disk full while writing under {folder}: free some space, start again")
