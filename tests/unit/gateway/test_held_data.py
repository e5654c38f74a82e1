"""Mes données: what is held meets the clock that ends it; nothing without one goes unseen."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.gateway.held_data import overview
from services.gateway.pages.my_data import phases
from services.gateway.wording import wording

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def held(category: str, field: str, thing: str = "-", *, erased: bool = False) -> dict[str, Any]:
    return {
        "category": category,
        "object": thing,
        "field": field,
        "value": None if erased else "exemple",
        "erased": erased,
        "recorded_at": "2026-01-01T10:00:00+00:00",
        "source": "learning",
    }


def clock(category: str, due: str | None, thing: str = "-", **more: Any) -> dict[str, Any]:
    return {
        "category": category,
        "object": thing,
        "rule_id": "rule",
        "promises": ["C2.3"],
        "state": "running",
        "anchor": "2026-01-01T10:00:00+00:00",
        "due": due,
        **more,
    }


@pytest.mark.promise("C8.1")
def test_a_holding_shows_the_earliest_of_its_clocks() -> None:
    found = overview(
        [held("learning_history", "answer", "enrolment-1")],
        [
            clock("learning_history", "2031-02-01T00:00:00+00:00", "enrolment-1"),
            clock("learning_history", "2031-01-01T00:00:00+00:00", "enrolment-1"),
            clock("learning_history", "2030-01-01T00:00:00+00:00", "enrolment-2"),
        ],
        NOW,
    )
    (holding,) = found.holdings
    assert holding.due == datetime(2031, 1, 1, tzinfo=UTC)
    assert found.next_due == holding.due
    assert not holding.alarm


def test_a_clock_over_the_category_ends_its_objects_too() -> None:
    found = overview(
        [held("payment", "amount_cents", "invoice-1")],
        [clock("payment", "2036-12-31T00:00:00+00:00")],
        NOW,
    )
    assert found.alarms == 0


@pytest.mark.promise("C2.11")
def test_something_held_without_a_clock_is_an_alarm() -> None:
    found = overview([held("profile", "goals")], [], NOW)
    assert found.alarms == 1
    assert found.next_due is None


def test_what_came_a_moment_ago_waits_for_its_clock_without_alarm() -> None:
    just_now = datetime(2026, 1, 1, 10, 0, 5, tzinfo=UTC)
    found = overview([held("profile", "goals")], [], just_now)
    assert found.alarms == 0
    assert found.holdings[0].settling


@pytest.mark.promise("C2.11")
def test_a_clock_that_misses_its_anchor_is_an_alarm() -> None:
    found = overview([held("profile", "goals")], [clock("profile", None, state="alarm")], NOW)
    assert found.alarms == 1


def test_a_clock_that_is_done_does_not_cover_what_came_later() -> None:
    found = overview(
        [held("mail_content", "text", "message-1")],
        [clock("mail_content", "2025-01-01T00:00:00+00:00", "message-1", state="done")],
        NOW,
    )
    assert found.alarms == 1


def test_a_hold_moves_the_end() -> None:
    found = overview(
        [held("profile", "goals")],
        [
            clock(
                "profile",
                "2027-01-01T00:00:00+00:00",
                state="held",
                acts_at="2028-01-01T00:00:00+00:00",
                hold_until="2028-01-01T00:00:00+00:00",
            )
        ],
        NOW,
    )
    assert found.next_due == datetime(2028, 1, 1, tzinfo=UTC)


def test_erased_values_need_no_clock_and_do_not_count() -> None:
    found = overview([held("profile", "goals", erased=True)], [], NOW)
    assert (found.values, found.alarms) == (0, 0)


def test_categories_stand_in_the_same_order_for_everybody() -> None:
    found = overview(
        [held("technical_traces", "browser"), held("zzz", "x"), held("civil_identity", "name")],
        [],
        NOW,
    )
    assert [category for category, _ in found.categories] == [
        "civil_identity",
        "technical_traces",
        "zzz",
    ]


def test_the_phases_lead_from_the_anchor_to_the_end() -> None:
    found = overview(
        [held("profile", "goals")],
        [
            clock(
                "profile",
                "2029-01-01T10:00:00+00:00",
                archive_from="2026-07-01T10:00:00+00:00",
                action="deleted",
            )
        ],
        NOW,
    )
    (holding,) = found.holdings
    assert holding.term is not None
    steps = phases(wording("en"), holding, holding.term, NOW)
    assert [step["state"] for step in steps] == ["done", "now", "next", "end"]
    later = phases(wording("en"), holding, holding.term, datetime(2028, 1, 1, tzinfo=UTC))
    assert [step["state"] for step in later] == ["done", "now", "end"]


@pytest.mark.promise("C8.4", "C8.1")
def test_what_is_gone_says_since_when_and_when_its_key_is_destroyed() -> None:
    ended: dict[str, Any] = {
        "state": "done",
        "gone_at": "2026-02-27T10:00:00+00:00",
        "destroy_at": "2026-02-28T10:00:00+00:00",
        "destroyed_at": None,
    }
    found = overview(
        [held("contact", "email", erased=True)], [clock("contact", None, **ended)], NOW
    )
    (holding,) = found.holdings
    assert holding.erased
    assert not holding.alarm
    assert holding.ending is not None
    assert holding.ending.gone_at == datetime(2026, 2, 27, 10, tzinfo=UTC)
    assert holding.ending.destroy_at == datetime(2026, 2, 28, 10, tzinfo=UTC)
    assert holding.ending.destroyed_at is None
