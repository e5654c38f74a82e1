"""From what was lived and found to the report."""

from collections import Counter
from collections.abc import Iterable, Sequence

from deploy.demo.drive.people import Person
from deploy.demo.drive.timeline import DESTRUCTION_DELAY, SWEEP_INTERVAL
from deploy.demo.drive.years import Lived
from deploy.demo.evidence import Evidence, scope_of
from deploy.demo.lives.generate import Cast
from deploy.demo.lives.session_days import PARIS, START
from deploy.demo.oracle.judge import Judgement, judge, longest_overrun
from deploy.demo.oracle.keys import KeyLife
from deploy.demo.oracle.terms import Terms
from deploy.demo.report.invariants import judged
from deploy.demo.report.model import (
    Canaries,
    Cases,
    Holds,
    Messages,
    Outcome,
    Parameters,
    People,
    Report,
    SealedValues,
)
from deploy.demo.report.promises import count_promises
from deploy.demo.report.yearly import yearly


def build_report(
    cast: Cast, parameters: Parameters, lived: Lived, evidence: Evidence, dead_letters: int
) -> tuple[Report, list[Judgement]]:
    """Return the report, and the judgements it rests on."""
    people = dict(lived.people)
    terms = Terms(people.values())
    judgements = judge(
        _used(evidence), terms, end=cast.end, sweep=SWEEP_INTERVAL, delay=DESTRUCTION_DELAY
    )
    forgotten_scopes = {
        (j.key.subject, j.key.category, j.key.object)
        for j in judgements
        if j.key.gone_at is not None or j.fate == "late"
    }
    late_scopes = {
        (j.key.subject, j.key.category, j.key.object)
        for j in judgements
        if j.key.gone_at is None and j.fate == "late"
    }
    opened_forgotten = {
        scope: count
        for scope, count in evidence.attempt.opened.items()
        if scope in forgotten_scopes
    }
    forgotten = [c for c in lived.planted if scope_of(c, people) in forgotten_scopes]
    living = [c for c in lived.planted if scope_of(c, people) not in forgotten_scopes]
    readable = [
        canary
        for canary in forgotten
        if canary in evidence.readable
        or scope_of(canary, people) in late_scopes
        or scope_of(canary, people) in opened_forgotten
    ]
    canaries = Canaries(
        planted=len(lived.planted),
        forgotten=len(forgotten),
        living=len(living),
        living_in_plain=sum(canary in evidence.readable for canary in living),
    )
    sealed = SealedValues(
        opened_of_living=len(evidence.attempt.opened) > len(opened_forgotten),
        readable_of_forgotten=sum(opened_forgotten.values()),
    )
    witness = lived.witness
    cases = Cases(
        ordered=len(witness.orders),
        certified=len(witness.certified),
        waiting=sum(
            case_id not in witness.certified
            and cast.end <= ordered_at + DESTRUCTION_DELAY + SWEEP_INTERVAL
            for case_id, ordered_at in witness.order_times.items()
        ),
        by_reason=dict(sorted(Counter(o.reason for o in witness.orders.values()).items())),
        keys_destroyed=witness.keys_destroyed,
    )
    holds = _holds(people.values(), judgements)
    late = longest_overrun(judgements)
    before_minimum = sum(judgement.before_minimum for judgement in judgements)
    too_early = sum(judgement.fate == "too_early" for judgement in judgements)
    outcome = Outcome(
        parameters=parameters,
        people=_people(cast, people, judgements),
        promises=count_promises(judgements),
        years=yearly(
            [judgement.key for judgement in judgements],
            START.year,
            cast.end.astimezone(PARIS).year,
        ),
        late_max_seconds=late,
        destroyed_before_minimum=before_minimum,
        destroyed_without_reason=too_early,
        destroyed_out_of_time=sum(not judgement.destroyed_in_time for judgement in judgements),
        readable_canaries=len(readable),
        canaries=canaries,
        sealed_values=sealed,
        controls=evidence.controls,
        messages=Messages(
            sent=dict(sorted(witness.sent.items())),
            suppressed=dict(sorted(witness.suppressed.items())),
        ),
        cases=cases,
        holds=holds,
        alarms=witness.alarms,
        dead_letters=dead_letters,
    )
    return judged(outcome), judgements


def _used(evidence: Evidence) -> list[KeyLife]:
    """Return the keys under which anything is sealed.

    Two enrolments at the same moment may reach for the same invoice number; the key that the loser
    had made seals nothing.
    """
    scopes = evidence.attempt.scopes
    return [key for key in evidence.keys if (key.subject, key.category, key.object) in scopes]


def _people(cast: Cast, people: dict[str, Person], judgements: Sequence[Judgement]) -> People:
    alive = {judgement.key.subject for judgement in judgements if not judgement.key.gone_at}
    known = sum(
        person.subject in alive or person.prospect_subject in alive for person in people.values()
    )
    return People(
        lives=len(cast.lives),
        by_kind=dict(sorted(Counter(life.kind for life in cast.lives).items())),
        actions=sum(len(step.actions) for life in cast.lives for step in life.steps),
        known_at_end=known,
        forgotten=len(people) - known,
    )


def _holds(people: Iterable[Person], judgements: Sequence[Judgement]) -> Holds:
    holds = [hold for person in people for hold in person.holds.values()]
    return Holds(
        placed=len(holds),
        lifted=sum(hold.lifted_at is not None for hold in holds),
        objects_kept=sum(judgement.outlived_by_hold for judgement in judgements),
        broken=sum(judgement.under_hold for judgement in judgements),
    )
