"""The clocks that the forecast keeps are those that the rules give, worked out anew each time."""

from datetime import datetime, timedelta

from hypothesis import given, settings

from deploy.simulation.clockwork import Clockwork
from services.retention.domain.clocks.agenda import agenda, alarms
from services.retention.domain.clocks.compute import clocks_of, deciding
from services.retention.domain.life.fold import Happened, fold
from services.retention.domain.life.life import Life, Scope
from shared.events import retention
from tests.property.retention.lives import stories
from tests.unit.retention.given import RULES, WHO, Story

LOOKED_AT = timedelta(days=45)
LONG_ENOUGH = timedelta(days=365 * 20)

Gone = list[tuple[datetime, Scope, str]]


def in_order(story: Story) -> list[Happened]:
    return sorted(story.happened, key=lambda one: (one.at, one.sequence))


def forgotten(scope: Scope, at: datetime) -> Happened:
    event = retention.KeyDestroyed(
        case_id="c", subject_id=WHO, category=scope.category, object=scope.object
    )
    return Happened(event, at)


def instants(happened: list[Happened]) -> list[datetime]:
    """Return when both look: often while things happen, then until the longest term is over."""
    first, last = happened[0].at, happened[-1].at
    often = [first + LOOKED_AT * n for n in range((last - first) // LOOKED_AT + 2)]
    seldom = [last + timedelta(days=1) + LONG_ENOUGH / 60 * n for n in range(60)]
    return sorted([*often, *seldom])


def by_the_rules(happened: list[Happened]) -> tuple[Gone, int]:
    life, gone, left = Life(WHO), [], list(happened)
    for now in instants(happened):
        while left and left[0].at <= now:
            fold(life, left.pop(0))
        first = deciding(clocks_of(RULES, life))
        for case in agenda(RULES, life, now).cases:
            for scope in case.scopes:
                gone.append((now, scope, first[scope].rule_id))
                fold(life, forgotten(scope, now))
    return sorted(gone), len(alarms(life, clocks_of(RULES, life), now))


def by_the_clockwork(happened: list[Happened]) -> tuple[Gone, int]:
    clockwork, gone, left = Clockwork(RULES, WHO), [], list(happened)
    for now in instants(happened):
        while left and left[0].at <= now:
            clockwork.take(left.pop(0))
        while (soonest := clockwork.soonest()) is not None and soonest <= now:
            due = clockwork.due(now)
            for clock in due:
                scope = Scope(clock.category, clock.object)
                gone.append((now, scope, clock.rule_id))
                clockwork.take(forgotten(scope, now))
    return sorted(gone), len(alarms(clockwork.life, clockwork.clocks(), now))


@settings(max_examples=150, deadline=None)
@given(stories())
def test_what_goes_when_and_by_which_rule_is_the_same(story: Story) -> None:
    happened = in_order(story)
    assert by_the_clockwork(happened) == by_the_rules(happened)
