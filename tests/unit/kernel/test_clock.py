"""Clocks: aware, shared between processes, never going back."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.clock import FixedClock, SystemClock, VirtualClock

START = datetime(2025, 1, 12, 9, 30, tzinfo=UTC)


def test_the_system_clock_is_aware_and_in_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_two_openings_of_a_virtual_clock_see_the_same_time(tmp_path: Path) -> None:
    driver = VirtualClock(tmp_path / "clock", start=START)
    service = VirtualClock(tmp_path / "clock")
    driver.move_to(START + timedelta(days=3650))
    assert service.now() == START + timedelta(days=3650)


def test_a_virtual_clock_never_goes_back(tmp_path: Path) -> None:
    clock = VirtualClock(tmp_path / "clock", start=START)
    with pytest.raises(ValueError, match="never goes back"):
        clock.move_to(START - timedelta(microseconds=1))


def test_a_virtual_clock_without_a_start_needs_its_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        VirtualClock(tmp_path / "clock")


def test_instants_without_a_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        FixedClock(datetime(2025, 1, 12))  # noqa: DTZ001 - that is the point


@given(
    st.datetimes(
        min_value=datetime(1971, 1, 1),  # noqa: DTZ001 - hypothesis wants naive bounds
        max_value=datetime(2200, 1, 1),  # noqa: DTZ001 - same
        timezones=st.just(UTC),
    )
)
def test_a_virtual_clock_keeps_every_microsecond(at: datetime) -> None:
    with tempfile.TemporaryDirectory() as folder:
        assert VirtualClock(Path(folder) / "clock", start=at).now() == at
