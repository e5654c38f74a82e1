"""When a message may leave: never at night in the learner's zone, never all at once."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notify.domain.commands import Defer, ReportSent, StartAttempt
from services.notify.domain.decide import MAX_ATTEMPTS, decide
from services.notify.domain.events import MessageEvent
from services.notify.domain.timing import (
    BACKOFF,
    JITTER,
    NIGHT,
    SPREAD,
    QuietHours,
    quiet_until,
    retry_at,
)
from tests.unit.notify.given import NOON, queued
from tests.unit.notify.given import given as state_after

ZONES = ("Europe/Paris", "America/Martinique", "Indian/Reunion", "Pacific/Noumea", "UTC")
DAYS = timedelta(days=1000) // timedelta(seconds=1)
INSTANTS = st.integers(0, DAYS).map(lambda seconds: NOON + timedelta(seconds=seconds))


@pytest.mark.promise("C5.1")
@settings(max_examples=100)
@given(at=INSTANTS, zone=st.sampled_from(ZONES), message=st.uuids().map(str))
def test_what_waits_leaves_in_the_morning_of_the_learners_zone(
    at: datetime, zone: str, message: str
) -> None:
    local = at.astimezone(ZoneInfo(zone))
    night = local.time() >= NIGHT.start or local.time() < NIGHT.end
    until = quiet_until(at, zone, message)
    assert (until is not None) == night
    if until is not None:
        there = until.astimezone(ZoneInfo(zone))
        assert at <= until <= at + timedelta(hours=12) + SPREAD
        assert quiet_until(until, zone, message) is None
        assert NIGHT.end <= there.time() <= time(8, 15)


def test_the_night_of_the_clock_change_ends_at_eight_too() -> None:
    before = datetime(2025, 3, 29, 22, 30, tzinfo=ZoneInfo("Europe/Paris"))
    until = quiet_until(before.astimezone(UTC), "Europe/Paris", "m")
    assert until is not None
    assert until.astimezone(ZoneInfo("Europe/Paris")).hour == NIGHT.end.hour


@given(attempts=st.integers(1, len(BACKOFF)), message=st.uuids().map(str))
def test_waits_grow_and_differ_from_message_to_message(attempts: int, message: str) -> None:
    wait = BACKOFF[attempts - 1]
    again = retry_at(NOON, attempts, message)
    assert again is not None
    assert wait * (1 - JITTER) <= again - NOON <= wait * (1 + JITTER)
    assert retry_at(NOON, attempts, message) == again
    assert retry_at(NOON, len(BACKOFF) + 1, message) is None


def test_waits_are_spread() -> None:
    assert len({retry_at(NOON, 1, f"message-{number}") for number in range(50)}) == 50


def test_waiting_for_the_morning_uses_up_no_attempt() -> None:
    defer = Defer("quiet_hours", NOON + timedelta(hours=1), NOON)
    story: list[MessageEvent] = [queued("reminder")]
    for _ in range(MAX_ATTEMPTS + 1):
        story += decide(defer, state_after(*story))
        state = state_after(*story)
        assert (state.attempts, state.waiting_for, state.is_open) == (0, "quiet_hours", True)
    story += decide(StartAttempt(NOON + timedelta(hours=1)), state_after(*story))
    after = state_after(*story)
    assert (after.attempts, after.waiting_for) == (1, None)
    assert len(decide(ReportSent(NOON), after)) == 1


@pytest.mark.parametrize(
    ("start", "end", "hour", "ends"),
    [
        (12, 14, 13, "14:00"),
        (12, 14, 14, None),
        (12, 14, 11, None),
        (8, 8, 8, None),
        (8, 8, 3, None),
    ],
)
def test_quiet_hours_may_be_others_or_none(
    start: int, end: int, hour: int, ends: str | None
) -> None:
    local = datetime(2025, 3, 3, hour, tzinfo=UTC)
    until = QuietHours(time(start), time(end)).around(local)
    assert (until and f"{until:%d %H:%M}") == (ends and f"03 {ends}")
