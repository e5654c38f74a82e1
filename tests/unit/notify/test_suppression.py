"""Given what came back before, when more comes back, then this is known against the address."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.domain.suppression import (
    KEPT,
    SOFT_LIMIT,
    SOFT_PAUSE,
    SOFT_WITHIN,
    Hardness,
    Suppression,
    after_bounce,
    after_complaint,
    ends,
    hardness,
)
from tests.unit.notify.given import NOON

NEW = Suppression()
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("status", "meaning"),
    [
        ("5.1.1", "hard"),
        ("5.1.10", "hard"),
        ("5.2.1", "hard"),
        ("5.2.2", "soft"),
        ("4.2.2", "soft"),
        ("4.4.1", "soft"),
        ("5.7.1", "not_address"),
        ("5.7.26", "not_address"),
        ("5.0.0", "not_address"),
        ("2.0.0", "not_address"),
        ("nonsense", "not_address"),
    ],
)
def test_a_status_speaks_against_the_address_or_not(status: str, meaning: Hardness) -> None:
    assert hardness(status) == meaning


def test_a_bad_address_is_left_alone_for_a_year() -> None:
    known = after_bounce(NEW, "hard", NOON)
    assert known.holds(NOON + KEPT - DAY) == "bounced"
    assert known.holds(NOON + KEPT) is None
    assert ends(known) == NOON + KEPT


def test_a_full_mailbox_is_left_alone_after_a_while_and_only_for_a_while() -> None:
    known = NEW
    for number in range(SOFT_LIMIT):
        assert known.holds(NOON) is None
        known = after_bounce(known, "soft", NOON + number * DAY)
    last = NOON + (SOFT_LIMIT - 1) * DAY
    assert known.holds(last) == "bounced"
    assert known.holds(last + SOFT_PAUSE) is None


def test_what_was_long_ago_does_not_count() -> None:
    known = NEW
    for number in range(3 * SOFT_LIMIT):
        known = after_bounce(known, "soft", NOON + number * SOFT_WITHIN)
        assert known.holds(NOON + number * SOFT_WITHIN) is None


def test_a_complaint_outweighs_a_bounce() -> None:
    known = after_bounce(after_complaint(NEW, NOON), "hard", NOON + DAY)
    assert known.holds(NOON + DAY) == "complained"


@given(st.lists(st.sampled_from(["hard", "soft", "not_address", "complaint"]), max_size=20))
def test_every_entry_has_an_end(story: list[str]) -> None:
    known = NEW
    for day, what in enumerate(story):
        at = NOON + day * DAY
        known = (
            after_complaint(known, at) if what == "complaint" else after_bounce(known, what, at)  # type: ignore[arg-type]
        )
    end = ends(known)
    assert (end is None) == (known == NEW)
    if end is not None:
        assert known.holds(end) is None
        assert end <= NOON + len(story) * DAY + KEPT
