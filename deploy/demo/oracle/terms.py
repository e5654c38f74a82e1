"""The terms of the policy restated: from a life as it was driven to the instant each object goes.

Written from the policy's two tables, without the retention service's code, rules or clocks; where
the two disagree, one of them is wrong and the demonstration fails.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from deploy.demo.drive.people import Enrolment, Person
from deploy.demo.lives.session_days import PARIS
from deploy.demo.oracle.judge import Term
from deploy.demo.oracle.keys import KeyLife
from shared.personal import Category

ACCOUNT_PROMISES: Mapping[Category, tuple[str, ...]] = {
    Category.CIVIL_IDENTITY: ("C2.1",),
    Category.CREDENTIALS: ("C2.5",),
    Category.PROFILE: ("C2.5",),
}


class Terms:
    """Answers, for every key, what the policy says about its object."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._people: dict[str, Person] = {}
        for person in people:
            for subject in (person.subject, person.prospect_subject):
                if subject:
                    self._people[subject] = person

    def person(self, subject: str) -> Person | None:
        """Return whose subject id it is, if anybody's of the demonstration."""
        return self._people.get(subject)

    def __call__(self, key: KeyLife) -> Term | None:
        """Return the term of a key, or `None` when it is about nobody followed here (staff)."""
        person = self._people.get(key.subject)
        if person is None or _seals_nothing(person, key):
            return None
        term = _term(person, key)
        held = tuple(
            (hold.at, hold.ends_at)
            for hold in person.holds.values()
            if key.category in hold.categories
        )
        return Term(term.promises, term.due, term.minimum, term.excused, held)


def _seals_nothing(person: Person, key: KeyLife) -> bool:
    """Whether the key was made for an invoice number that somebody else took meanwhile."""
    invoices = {enrolment.invoice_id for enrolment in person.enrolments.values()}
    return key.category is Category.PAYMENT and key.object not in invoices


def _term(person: Person, key: KeyLife) -> Term:
    if not _is_known(person, key):
        # Nobody brought it about, so nothing justifies keeping it for a moment.
        return Term((), key.created_at)
    if key.category is Category.PAYMENT:
        return _payment(person, key.object)
    term = _ordinary(person, key)
    if key.subject == person.prospect_subject:
        return term
    if person.erasure_at is not None:
        return Term((*term.promises, "C8.4"), _earliest(term.due, person.erasure_at))
    if minor_deadline(person) is not None:
        return Term((*term.promises, "C11.2"), _earliest(term.due, minor_deadline(person)))
    return term


def _ordinary(person: Person, key: KeyLife) -> Term:
    match key.category:
        case Category.LEARNING_HISTORY:
            return _history(person, key.object)
        case Category.SUPPORT:
            return _support(person, key)
        case Category.RECORDING:
            return _recording(person, key.object)
        case Category.PROSPECT:
            return _prospect(person)
        case Category.TECHNICAL_TRACES:
            first = key.created_at
            return Term(("C1.5",), after(first, months=6))
        case Category.MINORITY:
            return Term(("C11.1",), _earliest(account_due(person), majority(person)))
        case Category.ACCESS_FILE:
            return Term(("C8.1",), after(key.created_at, months=3))
        case Category.MAIL_CONTENT:
            return Term((), after(key.created_at, days=30))
        case Category.CONTACT:
            return Term(("C2.2",), _earliest(account_due(person), _contact_not_needed(person)))
        case _:
            return Term(ACCOUNT_PROMISES[key.category], account_due(person))


def _is_known(person: Person, key: KeyLife) -> bool:
    """Say whether the life brought about the object of the key."""
    if key.subject == person.prospect_subject or _is_taken_over(person, key):
        return True
    known = {
        Category.PAYMENT: {enrolment.invoice_id for enrolment in person.enrolments.values()},
        Category.LEARNING_HISTORY: {enrolment.id for enrolment in person.enrolments.values()},
        Category.SUPPORT: {request.id for request in person.requests.values()},
        Category.RECORDING: {recording.id for recording in person.recordings.values()},
    }
    return key.category not in known or key.object in known[key.category]


def _is_taken_over(person: Person, key: KeyLife) -> bool:
    """Say whether the key may be of what was asked before the person had an account."""
    own = {request.id for request in person.requests.values()}
    asked = key.category is Category.SUPPORT and key.object not in own
    return asked and bool(person.contacted_at) and person.registered_at is not None


def account_due(person: Person) -> datetime | None:
    """Return when the account goes: 3 years after the last activity, within the contract's bounds.

    Never while a contract runs, never later than 3 years after its end.
    """
    if person.last_act_at is None:
        return None
    if person.confirmed_at is None and person.registered_at is not None:
        return after(person.registered_at, days=30)
    due = after(person.last_act_at, years=3)
    end = contract_end(person)
    if end is not None:
        due = max(min(due, after(end, years=3)), end)
    return due


def contract_end(person: Person) -> datetime | None:
    """Return the end of the last contract, or `None` when there was none."""
    ends = [_access_end(enrolment) for enrolment in person.enrolments.values()]
    if person.closed_at is not None:
        ends = [min(end, person.closed_at) for end in ends]
    return max(ends, default=None)


def _contact_not_needed(person: Person) -> datetime | None:
    """Return when, all consent withdrawn, nothing else needs the address any more (C2.2).

    An open account, a running contract and an open support request need it.
    """
    decisions = [decision for decision, _ in person.consents.values()]
    if person.closed_at is None or "withdrawn" not in decisions or "granted" in decisions:
        return None
    resolved = [request.resolved_at for request in person.requests.values()]
    ends = [at for _, at in person.consents.values()]
    ends += [at for at in resolved if at is not None]
    if len(ends) < len(person.consents) + len(resolved):
        return None
    contract = contract_end(person)
    return max([*ends, person.closed_at, *([contract] if contract else [])])


def majority(person: Person) -> datetime | None:
    """Return the first instant of the day on which a minor comes of age."""
    if person.birth_date is None:
        return None
    # relativedelta puts somebody born on 29 February on 28 February; the law does not.
    adult_on = person.birth_date + relativedelta(years=18)
    if (adult_on.month, adult_on.day) != (person.birth_date.month, person.birth_date.day):
        adult_on += timedelta(days=1)
    return datetime.combine(adult_on, time(), PARIS)


def minor_deadline(person: Person) -> datetime | None:
    """Return when a minor's data goes for want of a guardian's agreement, if it is wanting."""
    if person.registered_at is None or person.birth_date is None or person.agreed_at is not None:
        return None
    adult_on = majority(person)
    if adult_on is None or person.registered_at >= adult_on:
        return None
    return after(person.registered_at, days=7)


def _payment(person: Person, invoice: str) -> Term:
    issued = next(e.at for e in person.enrolments.values() if e.invoice_id == invoice)
    end = end_of_day(date(issued.astimezone(PARIS).year, 12, 31))
    due = after(end, years=10)
    return Term(("C2.4", "C2.8"), due, minimum=due)


def _history(person: Person, enrolment_id: str) -> Term:
    enrolment = next(e for e in person.enrolments.values() if e.id == enrolment_id)
    due = after(max(person.logins), years=5)
    if enrolment.certified_at is None:
        return Term(("C2.3",), due)
    return Term(("C2.3", "C2.6"), min(due, after(enrolment.certified_at, years=5)))


def _support(person: Person, key: KeyLife) -> Term:
    if key.subject == person.prospect_subject:
        return _prospect(person)
    if _is_taken_over(person, key):
        # It is open, and nobody resolves it in these lives.
        return Term(("C2.7",), None)
    request = next(r for r in person.requests.values() if r.id == key.object)
    resolved = request.resolved_at
    return Term(("C2.7",), after(resolved, years=2) if resolved else None)


def _recording(person: Person, recording_id: str) -> Term:
    recording = next(r for r in person.recordings.values() if r.id == recording_id)
    if recording.kept:
        return Term(("C2.10",), account_due(person))
    return Term(("C2.10",), after(recording.at, days=30))


def _prospect(person: Person) -> Term:
    due = after(max(person.contacted_at), years=3)
    return Term(("C2.9",), _earliest(due, person.registered_at))


def _access_end(enrolment: Enrolment) -> datetime:
    day = enrolment.at.astimezone(PARIS).date()
    return end_of_day(day + relativedelta(years=1))


def _earliest(*instants: datetime | None) -> datetime | None:
    return min((instant for instant in instants if instant is not None), default=None)


def after(at: datetime, *, years: int = 0, months: int = 0, days: int = 0) -> datetime:
    """Return the same time of day in Paris, a calendar term later."""
    wall = at.astimezone(PARIS).replace(tzinfo=None)
    return _instant(wall + relativedelta(years=years, months=months, days=days))


def end_of_day(day: date) -> datetime:
    """Return when `day` is over in Paris."""
    return _instant(datetime.combine(day + timedelta(days=1), time()))


def _instant(wall: datetime) -> datetime:
    """Return the later of the instants that a clock on the wall in Paris can mean."""
    return max(wall.replace(tzinfo=PARIS, fold=fold).astimezone(UTC) for fold in (0, 1))
