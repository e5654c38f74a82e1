"""Instants come in order, a sweep every day, phases apart."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from deploy.demo.drive.timeline import SWEEP_INTERVAL, timeline
from deploy.demo.lives import actions as a
from deploy.demo.lives.generate import generate
from deploy.demo.lives.session_days import START

BEGIN = START.astimezone(UTC)


def test_every_day_has_a_sweep_and_instants_are_in_order() -> None:
    cast = generate(10, 2, 7)
    instants = list(timeline(cast.lives, BEGIN, cast.end))
    assert [i.at for i in instants] == sorted(i.at for i in instants)
    sweeps = [i.at for i in instants if not i.phases]
    gaps = {later - earlier for earlier, later in pairwise(sweeps)}
    assert gaps == {SWEEP_INTERVAL}
    assert sweeps[0] - BEGIN <= timedelta(days=2)
    assert cast.end - sweeps[-1] < SWEEP_INTERVAL


def test_phases_of_one_instant_are_kept_apart_and_in_order() -> None:
    at = datetime(2025, 2, 1, 12, tzinfo=UTC)
    later, first = a.Confirm(), a.Unsubscribe()
    lives = (
        a.Life("one", "trial", (a.Step(at, 2, (later,)),)),
        a.Life("two", "trial", (a.Step(at, 0, (first,)),)),
    )
    (instant,) = [i for i in timeline(lives, BEGIN, at + timedelta(days=1)) if i.phases]
    assert [phase.actions for phase in instant.phases] == [
        (("two", (first,)),),
        (("one", (later,)),),
    ]


def test_the_newsletter_goes_out_once_a_quarter() -> None:
    cast = generate(60, 2, 7)
    issues = [i.at for i in timeline(cast.lives, BEGIN, cast.end) if i.newsletter]
    quarters = {(at.year, (at.month - 1) // 3) for at in issues}
    assert len(quarters) == len(issues) >= 7
