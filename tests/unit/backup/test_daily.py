"""When a backup is due, and what status says of it."""

from datetime import timedelta
from pathlib import Path

import pytest

from deploy.backup.copies import FORMAT, Kind, Manifest, write_manifest
from deploy.backup.daily import DailyBackups, health_of
from deploy.backup.keys import BackupKeys, prepare_backup_keys
from deploy.cli.settings import SystemSettings
from deploy.cli.status import backups
from shared.clock import VirtualClock
from shared.ledger_mark import NOTHING
from tests.unit.notify.given import NOON

DAY = timedelta(days=1)


@pytest.fixture
def settings(tmp_path: Path) -> SystemSettings:
    for name in ("paris", "lyon"):
        (tmp_path / name).mkdir()
    VirtualClock(tmp_path / "clock", start=NOON)
    prepare_backup_keys(tmp_path / "data" / "secrets")
    return SystemSettings(
        data_dir=tmp_path / "data",
        clock_file=tmp_path / "clock",
        backup_targets=(tmp_path / "paris", tmp_path / "lyon"),
    )


def copied(settings: SystemSettings, target: Path, kind: Kind) -> None:
    now = settings.clock().now()
    days = settings.backup_days if kind == "stores" else settings.backup_key_days
    folder = target / kind / f"{now:%Y%m%dT%H%M%SZ}"
    folder.mkdir(parents=True)
    manifest = Manifest(
        format=FORMAT,
        id=folder.name,
        kind=kind,
        release="test",
        namespace="",
        started_at=now,
        finished_at=now,
        expires_at=now + days * DAY,
        ledger=NOTHING,
        recipient="age",
        parts=(),
    )
    write_manifest(folder, manifest, BackupKeys(settings.secrets_dir))


def backed_up(settings: SystemSettings, target: Path) -> None:
    copied(settings, target, "stores")
    copied(settings, target, "keys")


def later(settings: SystemSettings, wait: timedelta) -> None:
    clock = settings.clock()
    assert isinstance(clock, VirtualClock)
    clock.move_to(clock.now() + wait)


@pytest.mark.promise("C7.5")
def test_a_backup_is_due_each_day_at_every_site(settings: SystemSettings) -> None:
    paris, lyon = settings.backup_targets
    daily = DailyBackups(settings)
    assert daily._due()
    backed_up(settings, paris)
    assert daily._due(), "one site has none"
    backed_up(settings, lyon)
    assert not daily._due()
    later(settings, timedelta(hours=23))
    assert not daily._due()
    later(settings, timedelta(hours=1))
    assert daily._due()


@pytest.mark.promise("C7.5")
def test_status_warns_when_a_site_is_late_and_when_a_copy_outlives_its_life(
    settings: SystemSettings,
) -> None:
    paris, lyon = settings.backup_targets
    backed_up(settings, paris)
    shown = backups(settings)
    assert [("late" in line) for line in shown] == [False, True]
    backed_up(settings, lyon)
    later(settings, timedelta(hours=36))
    assert not any("WARNING" in line for line in backups(settings))
    later(settings, timedelta(minutes=1))
    assert all("late" in line for line in backups(settings))
    later(settings, 6 * DAY)
    assert all("outlive" in line for line in backups(settings))


def test_half_a_backup_is_none(settings: SystemSettings) -> None:
    copied(settings, settings.backup_targets[0], "stores")
    assert health_of(settings, settings.backup_targets)[0].last is None


def test_without_targets_nothing_is_done(settings: SystemSettings) -> None:
    none = settings.model_copy(update={"backup_targets": ()})
    assert DailyBackups(none).tick() is None
    assert "none" in backups(none)[0]
