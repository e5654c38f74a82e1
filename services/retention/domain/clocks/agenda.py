"""What is to be done about one person at an instant, and when to look again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Final, Literal

from services.retention.domain.clocks.clock import Clock, ClockState
from services.retention.domain.clocks.compute import clocks_of, deciding
from services.retention.domain.clocks.objects import ACCOUNT
from services.retention.domain.life.life import Life, Scope
from services.retention.domain.life.told import as_told
from services.retention.domain.ruleset.model import RuleSet
from shared.events.erasure import ErasureMode
from shared.events.retention import CaseReason

ALARM_PATIENCE: Final = timedelta(hours=1)
"""An anchor may arrive this much later than the data it is about before that is an alarm."""

ALARMED: Final = "alarm/missing_anchor/"

BEFORE_ALL: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class OpenCase:
    """Erase what is due together, under the same reason and mode."""

    scopes: tuple[Scope, ...]
    rule_ids: tuple[str, ...]
    mode: ErasureMode
    reason: CaseReason
    closes_account: bool
    due: datetime
    """The earliest term among the scopes."""


@dataclass(frozen=True, slots=True)
class Announce:
    """Tell the person that data will go at `due`."""

    rule_id: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Alarm:
    """Raise an alarm about a rule whose anchor is missing or contradictory."""

    rule_id: str


@dataclass(frozen=True, slots=True)
class Agenda:
    """What is to be done now."""

    cases: tuple[OpenCase, ...] = ()
    announcements: tuple[Announce, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    settled: tuple[Alarm, ...] = ()
    """Alarms that were raised and whose reason is gone."""
    archive: Literal["enter", "leave"] | None = None


def agenda(rules: RuleSet, life: Life, now: datetime) -> Agenda:
    """Return what is to be done about `life` at `now`; nothing that has been done is repeated."""
    clocks = clocks_of(rules, life)
    first = deciding(clocks)
    due = [c for c in first.values() if c.acts_at is not None and c.acts_at <= now]
    due = [c for c in due if c.state(now) is ClockState.DUE]
    told = as_told(life, now)
    # That no notice comes would tell of a hold that must not be known.
    announced = first if told is life else deciding(clocks_of(rules, told))
    return Agenda(
        cases=_cases(rules, life, due),
        announcements=_announcements(life, announced, now),
        alarms=alarms(life, clocks, now),
        settled=_settled(life, clocks, now),
        archive=_archive(life, clocks, now),
    )


def alarms(life: Life, clocks: Sequence[Clock], now: datetime) -> tuple[Alarm, ...]:
    """Return the alarms that `clocks` over `life` call for at `now` and that were not raised."""
    rule_ids = {
        clock.rule_id
        for clock in clocks
        if clock.state(now) is ClockState.ALARM
        and _alarm_at(clock, now) <= now
        and not _is_alarmed(life, clock.rule_id)
    }
    return tuple(Alarm(rule_id) for rule_id in sorted(rule_ids))


def next_at(rules: RuleSet, life: Life, now: datetime) -> datetime | None:
    """Return when `agenda` has something to say next, `None` for never unless a fact comes."""
    clocks = clocks_of(rules, life)
    first = deciding(clocks)
    instants = [c.acts_at for c in first.values() if c.acts_at is not None]
    instants += [
        c.notice_at
        for c in (*first.values(), *_as_if_unheld(rules, life))
        if c.notice_at is not None and c.acts_at == c.due and not _is_announced(life, c)
    ]
    instants += [
        _alarm_at(c, now)
        for c in clocks
        if (c.alarm or c.state(now) is ClockState.ALARM)
        and c.gone_at is None
        and not _is_alarmed(life, c.rule_id)
    ]
    if _settled(life, clocks, now):
        instants.append(now)
    turn = _archive_turn(life, clocks)
    if turn is not None:
        instants.append(turn)
    return min(instants, default=None)


def _as_if_unheld(rules: RuleSet, life: Life) -> Iterable[Clock]:
    """Yield the clocks that a person who must not know of a hold reckons with."""
    if all(hold.disclosed_from is None for hold in life.holds.values()):
        return ()
    return deciding(clocks_of(rules, as_told(life, BEFORE_ALL))).values()


def closes_account(life: Life, scopes: Sequence[Scope]) -> bool:
    """Whether nothing of an account is left once `scopes` are gone."""
    account = [scope for scope in life.live() if scope.category in ACCOUNT]
    return bool(account) and set(account) <= set(scopes)


def _cases(rules: RuleSet, life: Life, due: Sequence[Clock]) -> tuple[OpenCase, ...]:
    def group(clock: Clock) -> tuple[str, str]:
        rule = rules.rule(clock.rule_id)
        return (rule.reason if rule else "term", clock.then)

    all_scopes = [Scope(c.category, c.object) for c in due]
    cases = []
    for (reason, mode), members in groupby(sorted(due, key=group), key=group):
        together = sorted(members, key=lambda c: (c.category, c.object))
        scopes = tuple(Scope(c.category, c.object) for c in together)
        last = closes_account(life, all_scopes) and any(s.category in ACCOUNT for s in scopes)
        cases.append(
            OpenCase(
                scopes=scopes,
                rule_ids=tuple(dict.fromkeys(c.rule_id for c in together)),
                mode="anonymised" if mode == "anonymised" else "deleted",
                reason=_reason(reason),
                closes_account=last,
                due=min(c.due for c in together if c.due is not None),
            )
        )
    return tuple(cases)


def _reason(text: str) -> CaseReason:
    match text:
        case "minor" | "consent_withdrawn" | "request":
            return text
        case _:
            return "term"


def _announcements(life: Life, first: dict[Scope, Clock], now: datetime) -> tuple[Announce, ...]:
    """One announcement for all that goes at the same instant, in the name of its first rule."""
    wanted: dict[datetime, Announce] = {}
    told = {c.due for c in first.values() if _is_announced(life, c)}
    for clock in first.values():
        acts, due = clock.acts_at, clock.due
        if clock.notice_at is None or acts is None or due is None or acts != due:
            continue
        if clock.notice_at <= now < due and due not in told:
            wanted.setdefault(due, Announce(clock.rule_id, due))
    return tuple(wanted[due] for due in sorted(wanted))


def _settled(life: Life, clocks: Sequence[Clock], now: datetime) -> tuple[Alarm, ...]:
    lacking = {clock.rule_id for clock in clocks if clock.state(now) is ClockState.ALARM}
    raised = (
        name.removeprefix(ALARMED)
        for name, last_word in life.status.items()
        if name.startswith(ALARMED) and last_word.value == "raised"
    )
    return tuple(Alarm(rule_id) for rule_id in sorted(raised) if rule_id not in lacking)


def _alarm_at(clock: Clock, now: datetime) -> datetime:
    """Return when lacking an anchor is an alarm; for data from the future, at once."""
    return now if clock.held_since > now else clock.held_since + ALARM_PATIENCE


def _archive(
    life: Life, clocks: Sequence[Clock], now: datetime
) -> Literal["enter", "leave"] | None:
    turn = _archive_turn(life, clocks)
    if turn is None or turn > now:
        return None
    return "leave" if _is_archived(life) else "enter"


def _archive_turn(life: Life, clocks: Sequence[Clock]) -> datetime | None:
    """Return when the account enters or leaves the archive next."""
    starts = [
        c.archive_from
        for c in clocks
        if c.category in ACCOUNT and c.gone_at is None and c.archive_from is not None
    ]
    if not starts:
        return None
    start = min(starts)
    if not _is_archived(life):
        return start
    # Archived, and yet the archive starts later: the person came back meanwhile.
    entered = life.status["archive"].at
    return life.last.get("activity") if start > entered else None


def _is_archived(life: Life) -> bool:
    status = life.status.get("archive")
    return status is not None and status.value == "entered"


def _is_announced(life: Life, clock: Clock) -> bool:
    due = clock.due.isoformat() if clock.due is not None else ""
    return any(name.startswith("announced/") and name.endswith("/" + due) for name in life.first)


def _is_alarmed(life: Life, rule_id: str) -> bool:
    last_word = life.status.get(ALARMED + rule_id)
    return last_word is not None and last_word.value == "raised"
