"""Signed links expire by the service's clock and serve one purpose."""

from datetime import UTC, datetime, timedelta

import pytest

from services.identity.adapters.links import (
    CONFIRMATION_LIFETIME,
    GUARDIAN_LIFETIME,
    REVOCATION_LIFETIME,
    InvalidLinkError,
    Links,
)
from shared.clock import FixedClock
from tests.unit.identity.given import LEARNER

START = datetime(2031, 3, 1, 9, tzinfo=UTC)
SECRET = "a secret for the tests alone"


def links(
    clock: FixedClock, purpose: str = "guardian", lifetime: timedelta = GUARDIAN_LIFETIME
) -> Links:
    return Links(SECRET, purpose, lifetime, clock)


@pytest.mark.promise("C11.2")
def test_the_guardians_link_holds_for_seven_days_of_the_service_s_clock() -> None:
    """An hour more than seven days, for the week in which clocks go back: the account decides."""
    clock = FixedClock(START)
    token = links(clock).token_of(LEARNER, "agreement-1")
    clock.move_to(START + timedelta(days=7, hours=1))
    assert links(clock).read_bound(token) == (LEARNER, "agreement-1")
    clock.move_to(START + timedelta(days=7, hours=1, seconds=1))
    assert links(clock).made(token)
    with pytest.raises(InvalidLinkError):
        links(clock).read_bound(token)


@pytest.mark.promise("C11.1")
def test_an_agreement_can_be_revoked_as_long_as_a_minority_lasts() -> None:
    clock = FixedClock(START)
    revoking = links(clock, "guardian-revocation", REVOCATION_LIFETIME)
    token = revoking.token_of(LEARNER, "agreement-1")
    clock.move_to(START.replace(year=START.year + 18))
    assert revoking.read_bound(token) == (LEARNER, "agreement-1")
    assert not links(clock).made(token)


@pytest.mark.promise("C1.2")
def test_the_confirmation_link_expires_too() -> None:
    clock = FixedClock(START)
    confirmation = links(clock, "confirmation", CONFIRMATION_LIFETIME)
    token = confirmation.token(LEARNER)
    clock.move_to(START + CONFIRMATION_LIFETIME + timedelta(seconds=1))
    with pytest.raises(InvalidLinkError):
        confirmation.read(token)


def test_a_link_for_something_else_or_altered_is_refused() -> None:
    clock = FixedClock(START)
    token = links(clock, "confirmation").token(LEARNER)
    for forged in (token, token[:-1], "nonsense", ""):
        with pytest.raises(InvalidLinkError):
            links(clock).read(forged)


def test_a_link_holds_a_pseudonymous_id_alone() -> None:
    assert "canari" not in links(FixedClock(START)).token(LEARNER)


def test_a_link_of_a_replica_whose_clock_is_ahead_is_valid() -> None:
    token = links(FixedClock(START + timedelta(seconds=2))).token(LEARNER)
    assert links(FixedClock(START)).read(token) == LEARNER


def test_a_bound_link_names_the_state_it_was_made_for() -> None:
    made = links(FixedClock(START))
    assert made.read_bound(made.token_of(LEARNER, "link-1")) == (LEARNER, "link-1")
    with pytest.raises(InvalidLinkError):
        made.read_bound(made.token(LEARNER))
