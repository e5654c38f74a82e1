"""The rules of an incident (C7.8; GDPR art. 33 and 34)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, Literal, assert_never

from services.retention.domain.errors import (
    DisclosureCountError,
    DisclosureOrderedError,
    DutiesLeftError,
    ExtentMissingError,
    IncidentDatesError,
    IncidentNotFoundError,
    IncidentOverError,
    LateReasonError,
    NotADraftError,
)
from services.retention.domain.incident.commands import (
    AssessRisk,
    CloseIncident,
    FinishDisclosure,
    IncidentCommand,
    JudgeDraft,
    NotifyAuthority,
    OpenIncident,
    OrderDisclosure,
    RecordExtent,
    RemindOfDeadline,
    TakeMeasures,
)
from services.retention.domain.incident.events import (
    AuthorityWasNotified,
    DeadlineWasReminded,
    DisclosureWasFinished,
    DisclosureWasOrdered,
    DraftWasConfirmed,
    DraftWasDismissed,
    ExtentWasComputed,
    IncidentEvent,
    IncidentWasClosed,
    IncidentWasOpened,
    MeasuresWereTaken,
    RiskWasAssessed,
)
from services.retention.domain.incident.state import IncidentState

NOTIFY_WITHIN: Final = timedelta(hours=72)
"""From becoming aware of it (GDPR art. 33(1))."""
REMINDED_AT: Final[tuple[Literal[6, 24, 48], ...]] = (6, 24, 48)
"""Hours left at which the officer is reminded."""


def decide(command: IncidentCommand, state: IncidentState) -> Sequence[IncidentEvent]:
    """Return what `command` leads to; repeating what is so already leads to nothing.

    Raises:
        IncidentNotFoundError: there is no such incident.
        IncidentOverError: it is closed.
        IncidentDatesError: it began after it was noticed, was noticed in the future, or its extent
            is asked for a time that ends before it begins.
        ExtentMissingError: whom it concerns has not been computed, or it is nobody.
        LateReasonError: the authority is told after 72 hours, and no reason is given.
        DisclosureOrderedError: the persons are being told already, or have been.
        DisclosureCountError: not as many persons are concerned as were confirmed.
        DutiesLeftError: something that is owed has not been done.
        NotADraftError: it is no draft, or no longer one, and is to be judged otherwise.
    """
    if isinstance(command, OpenIncident):
        return _opened(command, state)
    if state.opened is None:
        raise IncidentNotFoundError
    incident_id = state.opened.incident_id
    if isinstance(command, RemindOfDeadline):
        return _reminded(incident_id, command, state)
    if isinstance(command, FinishDisclosure):
        return _finished(incident_id, command, state)
    if isinstance(command, JudgeDraft):
        return _judged(incident_id, command, state)
    if state.closed_at is not None:
        raise IncidentOverError
    return _of_an_open_one(incident_id, command, state)


def _of_an_open_one(
    incident_id: str,
    command: RecordExtent
    | AssessRisk
    | TakeMeasures
    | NotifyAuthority
    | OrderDisclosure
    | CloseIncident,
    state: IncidentState,
) -> Sequence[IncidentEvent]:
    match command:
        case RecordExtent():
            return [_measured(incident_id, command, state)]
        case AssessRisk():
            return [
                RiskWasAssessed(
                    incident_id=incident_id,
                    risk=command.risk,
                    consequences=command.consequences,
                    assessed_by=command.by,
                    assessed_at=command.at,
                )
            ]
        case TakeMeasures():
            new = tuple(one for one in command.measures if one not in state.measures)
            taken = MeasuresWereTaken(
                incident_id=incident_id, measures=new, taken_by=command.by, taken_at=command.at
            )
            return [taken] if new else []
        case NotifyAuthority():
            return [_notified(incident_id, command, state)]
        case OrderDisclosure():
            return [_ordered(incident_id, command, state)]
        case CloseIncident():
            return [_closed(incident_id, command, state)]
        case _:
            assert_never(command)


def _measured(incident_id: str, command: RecordExtent, state: IncidentState) -> ExtentWasComputed:
    if command.question.until < command.question.since:
        raise IncidentDatesError
    if state.ordered is not None:
        raise DisclosureOrderedError
    return ExtentWasComputed(
        incident_id=incident_id,
        question=command.question,
        persons=command.extent.persons,
        by_category=dict(sorted(command.extent.by_category.items())),
        first_at=command.extent.first_at,
        computed_by=command.by,
        computed_at=command.at,
    )


def _closed(incident_id: str, command: CloseIncident, state: IncidentState) -> IncidentWasClosed:
    if state.duties != ("lessons",):
        raise DutiesLeftError
    return IncidentWasClosed(
        incident_id=incident_id,
        lessons=command.lessons,
        closed_by=command.by,
        closed_at=command.at,
    )


def _opened(command: OpenIncident, state: IncidentState) -> Sequence[IncidentEvent]:
    if state.opened is not None:
        return []
    if command.aware_at > command.at or (command.began_at or command.aware_at) > command.aware_at:
        raise IncidentDatesError
    return [
        IncidentWasOpened(
            incident_id=command.incident_id,
            exercise=command.exercise,
            natures=command.natures,
            cause=command.cause,
            began_at=command.began_at,
            aware_at=command.aware_at,
            notify_by=command.aware_at + NOTIFY_WITHIN,
            opened_by=command.by,
            opened_at=command.at,
            anomaly_id=command.anomaly_id,
            suspicion=command.suspicion,
            draft=command.draft,
        )
    ]


def _judged(incident_id: str, command: JudgeDraft, state: IncidentState) -> Sequence[IncidentEvent]:
    if state.judged and state.dismissed is not command.breach:
        return []
    if not state.is_draft:
        raise NotADraftError
    if command.breach:
        return [
            DraftWasConfirmed(
                incident_id=incident_id, confirmed_by=command.by, confirmed_at=command.at
            )
        ]
    return [
        DraftWasDismissed(incident_id=incident_id, dismissed_by=command.by, dismissed_at=command.at)
    ]


def _notified(
    incident_id: str, command: NotifyAuthority, state: IncidentState
) -> AuthorityWasNotified:
    # What follows a first notification in time is not late (art. 33(4)).
    late = state.opened is not None and command.at > state.opened.notify_by and not state.notified
    if late and command.late_because is None:
        raise LateReasonError
    return AuthorityWasNotified(
        incident_id=incident_id,
        complete=command.complete,
        reference=command.reference,
        late_because=command.late_because if late else None,
        notified_by=command.by,
        notified_at=command.at,
    )


def _ordered(
    incident_id: str, command: OrderDisclosure, state: IncidentState
) -> DisclosureWasOrdered:
    if state.is_draft:
        raise DutiesLeftError
    if state.ordered is not None:
        raise DisclosureOrderedError
    if state.extent is None or command.persons == 0:
        raise ExtentMissingError
    if command.confirmed != command.persons:
        raise DisclosureCountError(command.persons)
    return DisclosureWasOrdered(
        incident_id=incident_id,
        persons=command.persons,
        question=state.extent.question,
        ordered_by=command.by,
        ordered_at=command.at,
    )


def _finished(
    incident_id: str, command: FinishDisclosure, state: IncidentState
) -> Sequence[IncidentEvent]:
    if state.ordered is None or state.told is not None:
        return []
    told = DisclosureWasFinished(incident_id=incident_id, told=command.told, finished_at=command.at)
    return [told]


def _reminded(
    incident_id: str, command: RemindOfDeadline, state: IncidentState
) -> Sequence[IncidentEvent]:
    if state.opened is None or state.opened.exercise or not state.owes_notification:
        return []
    left = state.opened.notify_by - command.at
    for hours in REMINDED_AT:
        if left <= timedelta(hours=hours):
            # The nearest threshold stands for those before it.
            if any(known <= hours for known in state.reminded):
                return []
            return [
                DeadlineWasReminded(
                    incident_id=incident_id,
                    hours_left=hours,
                    notify_by=state.opened.notify_by,
                    reminded_at=command.at,
                )
            ]
    return []
