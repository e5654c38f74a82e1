"""A life as its person may know it: without the holds that the law still keeps secret (C6.2)."""

from dataclasses import replace
from datetime import datetime

from services.retention.domain.life.life import Life


def as_told(life: Life, now: datetime) -> Life:
    """Return `life` as if no hold existed that its person must not learn of at `now`.

    What such a hold kept out of a case that has been closed counts as gone with that case, as it
    would have without the hold: nothing that is answered from this life tells the two apart.
    """
    secret = [hold for hold in life.holds.values() if hold.is_secret(now)]
    if not secret:
        return life
    gone = dict(life.gone)
    for scope, case_id in life.ordered.items():
        closed_at = life.first.get(f"case/{case_id}/certified")
        kept = any(hold.covers(scope) for hold in secret)
        if closed_at is not None and kept:
            gone.setdefault(scope, closed_at)
    open_ones = {i: hold for i, hold in life.holds.items() if not hold.is_secret(now)}
    return replace(life, holds=open_ones, gone=gone)
