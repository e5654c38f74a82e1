"""Anchors: the facts that terms run from. An anchor that must exist and does not is an alarm."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final, Literal

from services.retention.domain.calendar import Term, add_term, end_of_day, parse_term
from services.retention.domain.life.life import Life


class Lack(StrEnum):
    """Why an anchor has no date."""

    ABSENT = "absent"
    """It need not exist: no certification, no contract."""
    WAITING = "waiting"
    """It has not come yet and will: an open request is not resolved."""
    MISSING = "missing"
    """It must exist and does not."""
    CONTRADICTORY = "contradictory"
    """It cannot be right: an end before its beginning."""


Anchored = datetime | Lack

PLAUSIBLE: Final = (datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
"""No fact is older than the platform, no plan reaches further: 1970 and 9999 stand for nothing."""
LONGEST_CONTRACT: Final = parse_term("P10Y")
LONGEST_ACCOUNTING_YEAR: Final = parse_term("P2Y")
"""An accounting year has at most 24 months; an invoice is issued in it, or soon after it began."""
AnchorName = Literal[
    "last_activity",
    "last_login",
    "contract_end",
    "account_closed",
    "registration",
    "blocked",
    "minority_over",
    "certification",
    "accounting_year_end",
    "invoice_issued",
    "final_resolution",
    "session_recorded",
    "recording_released",
    "trace_collected",
    "dead_letters_opened",
    "message_sent",
    "demand_closed",
    "disclosure_composed",
    "disclosure_over",
    "last_interaction",
    "conversion",
    "departure",
    "contact_not_needed",
    "erasure_request",
    "file_requested",
    "file_ready",
    "file_fetched",
]


def last_activity(life: Life, _: str) -> Anchored:
    """Return the last act of the learner: sign-in, answer, enrolment, consent, support..."""
    return life.last.get("activity", Lack.MISSING)


def last_login(life: Life, _: str) -> Anchored:
    """Return the last sign-in."""
    return life.last.get("login", Lack.MISSING)


def contract_end(life: Life, _: str) -> Anchored:
    """Return the end of the last contract: its last day, or an earlier end."""
    ends = []
    for enrolment in life.objects("enrolment"):
        started = life.first[f"enrolment/{enrolment}/started"]
        last_day = _access(life, enrolment)
        if last_day is None or not _within(started, last_day, LONGEST_CONTRACT):
            return Lack.CONTRADICTORY
        ended = life.first.get(f"enrolment/{enrolment}/ended")
        if ended is not None and ended < started:
            return Lack.CONTRADICTORY
        ends.append(min(last_day, ended) if ended else last_day)
    return max(ends, default=Lack.ABSENT)


def account_closed(life: Life, _: str) -> Anchored:
    """Return the closure of the account."""
    return _not_before(life.first.get("closed", Lack.ABSENT), life.first.get("registered"))


def registration(life: Life, _: str) -> Anchored:
    """Return the registration."""
    return life.first.get("registered", Lack.MISSING)


def blocked(life: Life, _: str) -> Anchored:
    """Return since when the account has been blocked; a minor's must be, without agreement (C11.2).

    Another question to a guardian changes nothing; a revoked agreement blocks it anew.
    """
    last_word = life.status.get("block")
    if last_word is None or last_word.value != "blocked":
        return Lack.MISSING
    return last_word.at


def minority_over(life: Life, thing: str) -> Anchored:
    """Return when a guardian's answer or a day of majority was no longer needed (C11)."""
    return life.first.get(f"minority/{thing}/over", Lack.WAITING)


def certification(life: Life, enrolment: str) -> Anchored:
    """Return the certification of the enrolment."""
    certified = life.first.get(f"enrolment/{enrolment}/certified", Lack.ABSENT)
    return _not_before(certified, life.first.get(f"enrolment/{enrolment}/started"))


def accounting_year_end(life: Life, invoice: str) -> Anchored:
    """Return the end of the invoice's accounting year, never before the invoice."""
    end = life.first.get(f"invoice/{invoice}/year", Lack.MISSING)
    issued = life.first.get(f"invoice/{invoice}/started")
    if isinstance(end, datetime) and issued is not None:
        return end if _within(issued, end, LONGEST_ACCOUNTING_YEAR) else Lack.CONTRADICTORY
    return end


def invoice_issued(life: Life, invoice: str) -> Anchored:
    """Return when the invoice was issued."""
    return life.first.get(f"invoice/{invoice}/started", Lack.MISSING)


def final_resolution(life: Life, request: str) -> Anchored:
    """Return the resolution that nothing reopened. An open request has none yet.

    When the account itself is gone, nobody can close the request any more: that is an alarm.
    """
    last_word = life.status.get(f"request/{request}")
    if last_word is None:
        return Lack.MISSING
    if last_word.value == "resolved":
        return _not_before(last_word.at, life.first.get(f"request/{request}/started"))
    return Lack.MISSING if _account_is_gone(life) else Lack.WAITING


def session_recorded(life: Life, recording: str) -> Anchored:
    """Return when the session was recorded."""
    return life.first.get(f"recording/{recording}/started", Lack.MISSING)


def recording_released(life: Life, recording: str) -> Anchored:
    """Return when the learner stopped keeping the recording."""
    last_word = life.status.get(f"recording/{recording}")
    if last_word is None or last_word.value != "released":
        return Lack.ABSENT
    return _not_before(last_word.at, life.first.get(f"recording/{recording}/started"))


def trace_collected(life: Life, month: str) -> Anchored:
    """Return the first trace of the month: the others of its key go with it."""
    return life.first.get(f"month/{month}/started", Lack.MISSING)


def dead_letters_opened(life: Life, month: str) -> Anchored:
    """Return the first dead letter of the month: the others of its key go with it."""
    return life.first.get(f"month/{month}/started", Lack.MISSING)


def message_sent(life: Life, message: str) -> Anchored:
    """Return when the message went out."""
    return life.first.get(f"message/{message}/started", Lack.MISSING)


def demand_closed(life: Life, demand: str) -> Anchored:
    """Return when the official demand was closed; an open one has no end yet."""
    waits = f"demand/{demand}/started" in life.first
    return life.first.get(f"demand/{demand}/over", Lack.WAITING if waits else Lack.ABSENT)


def disclosure_composed(life: Life, disclosure: str) -> Anchored:
    """Return when the first part of what is to be disclosed was composed."""
    return life.first.get(f"disclosure/{disclosure}/started", Lack.ABSENT)


def disclosure_over(life: Life, disclosure: str) -> Anchored:
    """Return when what was to be disclosed had been handed over, or was given up."""
    return life.first.get(f"disclosure/{disclosure}/over", Lack.ABSENT)


def last_interaction(life: Life, _: str) -> Anchored:
    """Return the prospect's last interaction."""
    return life.last.get("interaction", Lack.MISSING)


def conversion(life: Life, _: str) -> Anchored:
    """Return when the prospect became a learner."""
    return life.first.get("converted", Lack.ABSENT)


def departure(life: Life, _: str) -> Anchored:
    """Return when the member of staff left."""
    return _not_before(life.first.get("departed", Lack.WAITING), life.first.get("appointed"))


def contact_not_needed(life: Life, _: str) -> Anchored:
    """Return when, after a withdrawal, the last other basis for the address ended (C2.2).

    An open account, a running contract and an open support request need it.
    """
    withdrawn = [s.at for n, s in life.status.items() if n.startswith("consent/")]
    closed = life.first.get("closed")
    contract = contract_end(life, "")
    requests = [s for n, s in life.status.items() if n.startswith("request/")]
    if contract is Lack.CONTRADICTORY:
        return contract
    if closed is None or any(request.value == "open" for request in requests):
        return Lack.WAITING
    ends = [*withdrawn, closed, *(request.at for request in requests)]
    if isinstance(contract, datetime):
        ends.append(contract)
    return max(ends)


def erasure_request(life: Life, _: str) -> Anchored:
    """Return when the person asked for erasure (C8.4)."""
    return life.first.get("erasure_requested", Lack.ABSENT)


def file_requested(life: Life, file: str) -> Anchored:
    """Return when the access file was asked for."""
    return life.first.get(f"file/{file}/started", Lack.MISSING)


def file_ready(life: Life, file: str) -> Anchored:
    """Return when the access file was complete, so that it could be fetched."""
    return life.first.get(f"file/{file}/ready", Lack.WAITING)


def file_fetched(life: Life, file: str) -> Anchored:
    """Return when the person fetched the access file, which can be done once."""
    return life.first.get(f"file/{file}/fetched", Lack.ABSENT)


def _access(life: Life, enrolment: str) -> datetime | None:
    """Return the last day of a contract, the last correction of it considered."""
    corrected = life.status.get(f"enrolment/{enrolment}/access")
    if corrected is not None:
        return end_of_day(date.fromisoformat(corrected.value))
    return life.first.get(f"enrolment/{enrolment}/access")


def _not_before(at: Anchored, beginning: datetime | None) -> Anchored:
    """Return `at`, which may not come before the `beginning` of what it ends."""
    if isinstance(at, datetime) and beginning is not None and at < beginning:
        return Lack.CONTRADICTORY
    return at


def _within(beginning: datetime, end: datetime, longest: Term) -> bool:
    """Whether `end` comes after `beginning` and no later than `longest` after it."""
    first, last = PLAUSIBLE
    return first <= beginning < end < last and end <= add_term(beginning, longest)


def _account_is_gone(life: Life) -> bool:
    return any(
        scope.category == "civil_identity" and life.gone_at(scope) is not None
        for scope in {*life.gone, *life.closings}
    )


ANCHORS: Final[Mapping[AnchorName, Callable[[Life, str], Anchored]]] = {
    "last_activity": last_activity,
    "last_login": last_login,
    "contract_end": contract_end,
    "account_closed": account_closed,
    "registration": registration,
    "blocked": blocked,
    "minority_over": minority_over,
    "certification": certification,
    "accounting_year_end": accounting_year_end,
    "invoice_issued": invoice_issued,
    "final_resolution": final_resolution,
    "session_recorded": session_recorded,
    "recording_released": recording_released,
    "trace_collected": trace_collected,
    "dead_letters_opened": dead_letters_opened,
    "message_sent": message_sent,
    "demand_closed": demand_closed,
    "disclosure_composed": disclosure_composed,
    "disclosure_over": disclosure_over,
    "last_interaction": last_interaction,
    "conversion": conversion,
    "departure": departure,
    "contact_not_needed": contact_not_needed,
    "erasure_request": erasure_request,
    "file_requested": file_requested,
    "file_ready": file_ready,
    "file_fetched": file_fetched,
}


def anchored(name: AnchorName, life: Life, thing: str) -> Anchored:
    """Return the date of anchor `name` for object `thing` of `life`, or why there is none.

    A date that cannot be one, such as 1970 or 9999, contradicts: it is never reckoned with.
    """
    at = ANCHORS[name](life, thing)
    first, last = PLAUSIBLE
    return Lack.CONTRADICTORY if isinstance(at, datetime) and not first <= at < last else at


CALENDAR_ANCHORS: Final = frozenset({"contract_end", "accounting_year_end", "contact_not_needed"})
"""Anchors that may lie in the future; every other one is something that has happened."""
