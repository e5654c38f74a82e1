"""Looking at the sign-ins of one account: impossible travel, new devices (C1.5)."""

from collections.abc import Sequence
from datetime import timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Final

from services.identity.domain.anomaly.facts import Finding, Place, SignIn
from services.identity.domain.anomaly.rules import ImpossibleTravel, NewDevice, Rule

EARTH_KM: Final = 6371.0
INSTANT: Final = timedelta(minutes=1)
"""Two sign-ins closer together count as this far apart in time: clocks differ."""


def impossible_travel(
    rule: Rule, when: ImpossibleTravel, account: str, sign_ins: Sequence[SignIn]
) -> Finding | None:
    """Return what is found about the last of `sign_ins`, which come in order of time.

    A place that is not known proves nothing: such sign-ins are passed over.
    """
    last = sign_ins[-1] if sign_ins else None
    if last is None or last.place is None or (when.unless_known_device and last.known):
        return None
    days = {one.at.date() for one in sign_ins[:-1] if one.network == last.network}
    if len(days) >= when.usual_after_days:
        return None
    before = next((one for one in reversed(sign_ins[:-1]) if one.place is not None), None)
    if before is None or before.place is None or last.at - before.at > when.within:
        return None
    apart = least_km(before.place, last.place)
    took = max(last.at - before.at, INSTANT)
    speed = apart / (took / timedelta(hours=1))
    if apart <= when.farther_than_km or speed <= when.faster_than_kmh:
        return None
    return Finding(
        rule.id,
        account,
        since=before.at,
        until=last.at,
        counts={"kilometres": round(apart), "minutes": round(took / timedelta(minutes=1))},
        seen={"from": before.place.country, "to": last.place.country, "device": last.device},
    )


def new_device(
    rule: Rule, when: NewDevice, account: str, sign_ins: Sequence[SignIn]
) -> Finding | None:
    """Return what is found about the last of `sign_ins`; the very first device is no news."""
    last = sign_ins[-1] if sign_ins else None
    if last is None or last.known is not False:
        return None
    lately = [one for one in sign_ins[:-1] if last.at - one.at <= when.looks_back]
    if not lately:
        return None
    if any((one.device, one.network) == (last.device, last.network) for one in lately):
        return None
    country = "" if last.place is None else last.place.country
    seen = {"device": last.device, "to": country}
    return Finding(rule.id, account, since=last.at, until=last.at, seen=seen)


def least_km(one: Place, other: Place) -> float:
    """Return how far apart two places are at least, in kilometres along the great circle."""
    north, south = radians(one.latitude), radians(other.latitude)
    east = radians(other.longitude - one.longitude)
    half = sin((south - north) / 2) ** 2 + cos(north) * cos(south) * sin(east / 2) ** 2
    return max(0.0, 2 * EARTH_KM * asin(min(1.0, sqrt(half))) - one.radius_km - other.radius_km)
