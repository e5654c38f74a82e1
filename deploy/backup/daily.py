"""Backups made by themselves: when one is due, and how long ago the last good one was (C7.5)."""

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from deploy.backup.copies import find_copies
from deploy.backup.keys import BackupKeys
from deploy.cli.settings import SystemSettings

LATE_AFTER: Final = 1.5
"""In intervals: a last good backup older than this is told."""
LOOK_EVERY_SECONDS: Final = 60.0
AGAIN_AFTER_SECONDS: Final = 900.0
"""How long a failed backup waits before the next attempt."""
ENDS_WITHIN_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class TargetHealth:
    """How a target stands."""

    target: Path
    last: datetime | None
    """As of when its newest whole backup is, stores and keys together."""
    overdue: int
    """Copies whose life is over and that are still there."""
    defects: tuple[str, ...]

    def late(self, now: datetime, every: timedelta) -> bool:
        """Whether the last good backup is too old."""
        return self.last is None or now - self.last > every * LATE_AFTER


def health_of(settings: SystemSettings, targets: Sequence[Path]) -> list[TargetHealth]:
    """Return how each of `targets` stands, from manifests and sizes."""
    keys, now = BackupKeys(settings.secrets_dir), settings.clock().now()
    health = []
    for target in targets:
        found = find_copies([target], keys)
        # The copy of the keys is finished last, so with it a backup is whole.
        whole = [c.manifest.started_at for c in found.copies if c.manifest.kind == "keys"]
        health.append(
            TargetHealth(
                target,
                max(whole, default=None),
                sum(copy.overdue(now) for copy in found.copies),
                found.defects,
            )
        )
    return health


class DailyBackups:
    """Lets `carionexiq backup` run when one is due, beside a running system."""

    def __init__(self, settings: SystemSettings) -> None:
        """Describe the system; nothing is looked at yet."""
        self._settings = settings
        self._every = timedelta(hours=settings.backup_hours)
        self._process: subprocess.Popen[bytes] | None = None
        self._look_at = 0.0

    def tick(self) -> str | None:
        """Do what is due, without waiting for it; return what is worth telling."""
        if not self._settings.backup_targets:
            return None
        if self._process is not None:
            return self._ended(self._process)
        if time.monotonic() < self._look_at:
            return None
        self._look_at = time.monotonic() + LOOK_EVERY_SECONDS
        if self._due():
            self._begin("backup")
        elif any(one.overdue for one in self._health()):
            self._begin("backup", "prune")
        return None

    def stop(self) -> None:
        """End a backup under way; what it had not finished does not count."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(ENDS_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def _health(self) -> list[TargetHealth]:
        return health_of(self._settings, self._settings.backup_targets)

    def _due(self) -> bool:
        now = self._settings.clock().now()
        return any(one.last is None or now - one.last >= self._every for one in self._health())

    def _begin(self, *command: str) -> None:
        log = self._settings.data_dir.absolute() / "logs" / "backup.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - our own command line
                [sys.executable, "-m", "deploy.cli.main", *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _ended(self, process: "subprocess.Popen[bytes]") -> str | None:
        code = process.poll()
        if code is None:
            return None
        self._process = None
        if code == 0:
            return None
        self._look_at = time.monotonic() + AGAIN_AFTER_SECONDS
        return f"the backup ended with code {code}: see logs/backup.log"
