"""A life as its person may know it: without the holds that the law still keeps secret (C6.2)."""

from dataclasses import replace
from datetime import datetime

from services.retention.domain.life.life import Closing, Life


def as_told(life: Life, now: datetime) -> Life:
    """Return `life` as if no hold existed that its person must not learn of at `now`.

    What such a hold kept out of a case counts as disabled and destroyed with the rest of that case,
    or as gone when it was closed, as it would have without the hold: nothing that is answered from
    this life tells the two apart.
    """
    secret = [hold for hold in life.holds.values() if hold.is_secret(now)]
    if not secret:
        return life
    gone, closings = dict(life.gone), dict(life.closings)
    for scope, case_id in life.ordered.items():
        if not any(hold.covers(scope) for hold in secret):
            continue
        closing = _closing_of(life, case_id)
        if closing is not None:
            closings[scope] = {case_id: closing}
        destroyed_at = _destroyed_with(life, case_id)
        closed_at = life.first.get(f"case/{case_id}/certified")
        if (at := destroyed_at or closed_at) is not None:
            gone.setdefault(scope, at)
    open_ones = {i: hold for i, hold in life.holds.items() if not hold.is_secret(now)}
    return replace(life, holds=open_ones, gone=gone, closings=closings)


def _closing_of(life: Life, case_id: str) -> Closing | None:
    """Return how a case disabled what no hold kept."""
    found = (by_case.get(case_id) for by_case in life.closings.values())
    return next((one for one in found if one is not None and one.disabled), None)


def _destroyed_with(life: Life, case_id: str) -> datetime | None:
    """Return when a case destroyed what no hold kept."""
    instants = [at for scope, at in life.gone.items() if life.ordered.get(scope) == case_id]
    return min(instants, default=None)
