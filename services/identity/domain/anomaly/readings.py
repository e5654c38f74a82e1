"""Looking at what staff are shown: scraping, unusual volume, hours and persons (C4.2, C7.4)."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from services.identity.domain.anomaly.facts import AnswerCount, Desk, Finding, Reading, ReadingDay
from services.identity.domain.anomaly.rules import (
    ManyAnswers,
    Rule,
    Scraping,
    UnrelatedReading,
    UnusualHours,
    UnusualVolume,
)

PARIS: Final = ZoneInfo("Europe/Paris")
SATURDAY: Final = 5
BUSY: Final = 0.9
"""The quantile of somebody's days that stands for a busy, normal one."""


def scraping(rule: Rule, when: Scraping, desk: Desk, now: datetime) -> Finding | None:
    """Return whether very many persons were read within the last `when.within`."""
    lately = [one for one in desk.today if now - when.within < one.at <= now]
    return _finding(rule, desk, lately) if _persons(lately) >= when.persons else None


def many_answers(rule: Rule, when: ManyAnswers, count: AnswerCount) -> Finding | None:
    """Return whether one session holder got very many answers in a short time."""
    if count.answers < when.answers or count.at - count.since > when.within:
        return None
    return Finding(rule.id, count.who, count.since, count.at, {"answers": count.answers})


def unusual_volume(rule: Rule, when: UnusualVolume, desk: Desk) -> Finding | None:
    """Return whether far more persons were read today than this reader and role normally do."""
    persons = _persons(desk.today)
    if persons < when.persons:
        return None
    bounds = []
    if len(desk.own) >= when.days_known:
        bounds.append(busy_day(desk.own) * when.times_own)
    if len(desk.peers) >= when.days_known:
        bounds.append(busy_day(desk.peers) * when.times_role)
    # Whoever has a normal is measured against it alone, or a busy role hides a quiet reader.
    if bounds and persons < bounds[0]:
        return None
    return _finding(rule, desk, desk.today)


def unusual_hours(rule: Rule, when: UnusualHours, desk: Desk) -> Finding | None:
    """Return whether persons were read at hours that are not usual for the reader or the role."""
    if len(desk.own) >= when.days_known:
        usual = _usual_hours(desk.own, when.share)
    elif len(desk.peers) >= when.days_known:
        usual = _usual_hours(desk.peers, when.share)
    else:
        hours = range(when.office_opens, when.office_closes)
        usual = {(False, hour) for hour in hours}
    odd = [one for one in desk.today if _hour_of(one.at) not in usual]
    return _finding(rule, desk, odd) if _persons(odd) >= when.persons else None


def unrelated_reading(rule: Rule, when: UnrelatedReading, desk: Desk) -> Finding | None:
    """Return whether many of the persons read today are none of the reader's business."""
    judged = [one for one in desk.today if one.related is not None]
    strangers = [one for one in judged if one.related is False]
    persons = _persons(strangers)
    if persons < when.persons or persons < when.share * _persons(judged):
        return None
    return _finding(rule, desk, strangers)


def busy_day(days: Sequence[ReadingDay]) -> int:
    """Return how many persons are read on a busy, normal day of `days`, of which there are some."""
    persons = sorted(one.persons for one in days)
    return persons[min(len(persons) - 1, int(BUSY * len(persons)))]


def day_of(readings: Sequence[Reading]) -> ReadingDay:
    """Return the figures of one day's `readings`, of which there are some."""
    by_hour: dict[int, set[str]] = {}
    for one in readings:
        by_hour.setdefault(one.at.astimezone(PARIS).hour, set()).add(one.subject)
    return ReadingDay(
        day=readings[0].at.astimezone(PARIS).date(),
        persons=_persons(readings),
        by_hour={hour: len(subjects) for hour, subjects in by_hour.items()},
    )


def _usual_hours(days: Sequence[ReadingDay], share: float) -> set[tuple[bool, int]]:
    """Return the hours, apart for weekends, that have at least `share` of what was read.

    The hour before and after one is usual too: who starts early once is not suspect.
    """
    read: Counter[tuple[bool, int]] = Counter()
    for day in days:
        weekend = day.day.weekday() >= SATURDAY
        for hour, persons in day.by_hour.items():
            read[weekend, hour] += persons
    least = share * read.total()
    often = {slot for slot, persons in read.items() if persons >= least}
    return {(weekend, hour + step) for weekend, hour in often for step in (-1, 0, 1)}


def _hour_of(at: datetime) -> tuple[bool, int]:
    local = at.astimezone(PARIS)
    return local.weekday() >= SATURDAY, local.hour


def _persons(readings: Sequence[Reading]) -> int:
    return len({one.subject for one in readings})


def _finding(rule: Rule, desk: Desk, readings: Sequence[Reading]) -> Finding:
    return Finding(
        rule.id,
        desk.reader,
        since=min(one.at for one in readings),
        until=max(one.at for one in readings),
        counts={"persons": _persons(readings), "readings": len(readings)},
    )
