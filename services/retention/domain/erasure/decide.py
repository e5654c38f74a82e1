"""The rules of an erasure case."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, assert_never

from services.retention.domain.erasure.commands import (
    AskVerification,
    CaseCommand,
    CertifyCase,
    OrderServices,
    PlanCase,
    RecordAcknowledgement,
    RecordDestruction,
    RecordDisabling,
    RecordNotice,
    RecordSearch,
    RecordVerification,
    WithholdScopes,
)
from services.retention.domain.erasure.events import (
    CaseCertified,
    CaseEvent,
    CasePlanned,
    ErasureVerified,
    KeyWasDestroyed,
    KeyWasDisabled,
    KeyWasEnabled,
    OrderGiven,
    PersonNotified,
    ScopesWithheld,
    ServiceAcknowledged,
    ServiceSearched,
    VerificationAsked,
    VerificationFailed,
)
from services.retention.domain.erasure.evolve import evolve
from services.retention.domain.erasure.state import Case, Stage
from services.retention.domain.errors import CaseNotFoundError, CaseOrderError

LONGEST_WAIT: Final = timedelta(days=1)
"""Between two tries to verify; the wait doubles with every failure until then."""
GONE: Final = (Stage.DESTROYED, Stage.SEARCHING, Stage.DISPROVED, Stage.VERIFIED, Stage.CERTIFIED)
"""When the keys have been destroyed."""


def decide_all(commands: Sequence[CaseCommand], state: Case) -> Sequence[CaseEvent]:
    """Return what `commands`, one after the other, lead to; they are recorded together or not."""
    events: list[CaseEvent] = []
    for command in commands:
        for event in decide(command, state):
            events.append(event)
            state = evolve(state, event)
    return events


def decide(  # noqa: C901 - one case a command
    command: CaseCommand, state: Case
) -> Sequence[CaseEvent]:
    """Return what `command` leads to; a step that was recorded before leads to nothing.

    Raises:
        CaseNotFoundError: there is no such case.
        CaseOrderError: the step is recorded before the one it needs.
    """
    if isinstance(command, PlanCase):
        return [] if state.plan is not None else [_planned(command)]
    if state.plan is None:
        raise CaseNotFoundError
    match command:
        case RecordNotice():
            return _notified(command, state)
        case OrderServices():
            return _ordered(command, state)
        case RecordAcknowledgement():
            return _acknowledged(command, state)
        case WithholdScopes():
            return _withheld(command, state)
        case RecordDisabling():
            return _disabled(command, state)
        case RecordDestruction():
            return _destroyed(command, state)
        case AskVerification():
            return _asked(command, state)
        case RecordSearch():
            return _searched(command, state)
        case RecordVerification():
            return _verified(command, state)
        case CertifyCase():
            return _certified(command, state)
        case _:
            assert_never(command)


def _planned(command: PlanCase) -> CasePlanned:
    return CasePlanned(
        case_id=command.case_id,
        subject_id=command.subject_id,
        scopes=command.scopes,
        mode=command.mode,
        reason=command.reason,
        rules=command.rules,
        rules_version=command.rules_version,
        participants=command.participants,
        closes_account=command.closes_account,
        due=command.due,
        planned_at=command.at,
    )


def _notified(command: RecordNotice, state: Case) -> Sequence[CaseEvent]:
    if state.stage is not Stage.PLANNED or state.plan is None:
        return []
    if state.plan.reason == "request":
        return [PersonNotified(how="own_request", notified_at=command.at)]
    how = "announced" if command.announced else "no_notice_owed"
    return [PersonNotified(how=how, notified_at=command.at)]


def _ordered(command: OrderServices, state: Case) -> Sequence[CaseEvent]:
    if state.stage is Stage.PLANNED or state.plan is None:
        raise CaseOrderError
    plan = state.plan
    late = state.deadline is not None and state.deadline <= command.at
    again = state.stage in (Stage.ORDERED, Stage.DISPROVED) and late
    if state.stage is Stage.NOTIFIED or again:
        return [
            OrderGiven(
                case_id=plan.case_id,
                subject_id=plan.subject_id,
                scopes=plan.scopes,
                mode=plan.mode,
                reason=plan.reason,
                rule_ids=tuple(rule.rule_id for rule in plan.rules),
                closes_account=plan.closes_account,
                attempt=state.attempts + 1,
                missing=state.missing,
                ordered_at=command.at,
                deadline=command.at + command.patience,
            )
        ]
    return []


def _acknowledged(command: RecordAcknowledgement, state: Case) -> Sequence[CaseEvent]:
    if state.attempts == 0:
        raise CaseOrderError
    if command.service not in state.missing:
        return []
    return [
        ServiceAcknowledged(
            service=command.service, counts=command.counts, acknowledged_at=command.at
        )
    ]


def _withheld(command: WithholdScopes, state: Case) -> Sequence[CaseEvent]:
    if state.stage not in (Stage.ACKNOWLEDGED, Stage.DISABLED) or state.plan is None:
        return []
    scopes = tuple(scope for scope in command.scopes if scope in state.undestroyed)
    if not scopes:
        return []
    enabled = [
        KeyWasEnabled(
            case_id=state.plan.case_id,
            subject_id=state.plan.subject_id,
            scope=scope,
            hold_ids=command.hold_ids,
            enabled_at=command.at,
        )
        for scope in scopes
        if scope in state.disabled
    ]
    withheld = ScopesWithheld(
        scopes=scopes,
        hold_ids=command.hold_ids,
        withheld_at=command.at,
        undisclosed=tuple(scope for scope in command.undisclosed if scope in scopes),
    )
    return [*enabled, withheld]


def _disabled(command: RecordDisabling, state: Case) -> Sequence[CaseEvent]:
    if state.stage is Stage.DISABLED or state.stage in GONE:
        return []
    if state.stage is not Stage.ACKNOWLEDGED:
        raise CaseOrderError
    if state.plan is None:
        raise CaseNotFoundError
    return [
        KeyWasDisabled(
            case_id=state.plan.case_id,
            subject_id=state.plan.subject_id,
            scope=scope,
            ledger=entry,
            disabled_at=command.at,
            destroy_at=command.at + command.delay,
        )
        for scope, entry in zip(state.undestroyed, command.ledger, strict=True)
    ]


def _destroyed(command: RecordDestruction, state: Case) -> Sequence[CaseEvent]:
    if state.stage in GONE:
        return []
    too_early = state.destroy_at is not None and command.at < state.destroy_at
    if state.stage is not Stage.DISABLED or too_early:
        raise CaseOrderError
    if state.plan is None:
        raise CaseNotFoundError
    return [
        KeyWasDestroyed(
            case_id=state.plan.case_id,
            subject_id=state.plan.subject_id,
            scope=scope,
            ledger=entry,
            destroyed_at=command.at,
        )
        for scope, entry in zip(state.undestroyed, command.ledger, strict=True)
    ]


def _asked(command: AskVerification, state: Case) -> Sequence[CaseEvent]:
    if state.plan is None:
        raise CaseNotFoundError
    if state.stage not in GONE:
        raise CaseOrderError
    late = state.deadline is not None and state.deadline <= command.at
    again = state.stage is Stage.SEARCHING and late and bool(state.unsearched)
    if state.stage is not Stage.DESTROYED and not again:
        return []
    return [
        VerificationAsked(
            case_id=state.plan.case_id,
            subject_id=state.plan.subject_id,
            scopes=state.scopes,
            round=state.round if again else state.round + 1,
            services=state.searchers if again else command.services,
            asked_at=command.at,
            deadline=command.at + command.patience,
        )
    ]


def _searched(command: RecordSearch, state: Case) -> Sequence[CaseEvent]:
    if state.round < command.round:
        raise CaseOrderError
    if (
        state.stage is not Stage.SEARCHING
        or state.round != command.round
        or command.service not in state.unsearched
    ):
        return []
    return [
        ServiceSearched(
            service=command.service,
            round=command.round,
            searched=command.searched,
            found=command.found,
            searched_at=command.at,
        )
    ]


def _verified(command: RecordVerification, state: Case) -> Sequence[CaseEvent]:
    if state.stage in (Stage.VERIFIED, Stage.CERTIFIED):
        return []
    searched = state.stage is Stage.SEARCHING and not state.unsearched
    if not searched and not (state.stage is Stage.DESTROYED and not state.scopes):
        raise CaseOrderError
    if command.readable or state.places:
        wait = min(command.patience * 2 ** min(state.failures, 10), LONGEST_WAIT)
        return [
            VerificationFailed(
                scopes=command.readable,
                places=state.places,
                attempt=state.failures + 1,
                failed_at=command.at,
                deadline=command.at + wait,
            )
        ]
    return [ErasureVerified(checks=len(state.scopes), verified_at=command.at)]


def _certified(command: CertifyCase, state: Case) -> Sequence[CaseEvent]:
    if state.stage is Stage.CERTIFIED:
        return []
    if state.stage is not Stage.VERIFIED:
        raise CaseOrderError
    return [
        CaseCertified(
            certificate=command.certificate,
            signature=command.signature,
            key_id=command.key_id,
            certified_at=command.at,
        )
    ]
