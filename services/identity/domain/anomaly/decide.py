"""The rules of an anomaly once it is noticed."""

from collections.abc import Sequence
from typing import assert_never

from services.identity.domain.anomaly.commands import (
    AnomalyCommand,
    AnswerNotice,
    DismissAnomaly,
    LinkIncident,
    Notice,
)
from services.identity.domain.anomaly.events import (
    AnomalyDismissed,
    AnomalyEvent,
    AnomalyNoticed,
    IncidentWasLinked,
    SignInAnswered,
)
from services.identity.domain.anomaly.state import Anomaly
from services.identity.domain.errors import (
    AnomalyNotFoundError,
    AnomalySettledError,
    LinkSpentError,
)


def decide(command: AnomalyCommand, state: Anomaly) -> Sequence[AnomalyEvent]:
    """Return what `command` leads to; nothing where it is so already.

    Raises:
        AnomalyNotFoundError: there is no such anomaly.
        AnomalySettledError: it was settled otherwise.
        LinkSpentError: the person has answered otherwise.
    """
    if isinstance(command, Notice):
        return [command.found] if state.found is None else []
    if state.found is None:
        raise AnomalyNotFoundError
    anomaly_id = state.found.anomaly_id
    match command:
        case AnswerNotice():
            return _answered(command, state)
        case DismissAnomaly(reason=reason, by=by, at=at):
            if state.dismissed == reason:
                return []
            if state.dismissed is not None or state.incident_id is not None:
                raise AnomalySettledError
            return [
                AnomalyDismissed(
                    anomaly_id=anomaly_id, reason=reason, dismissed_by=by, dismissed_at=at
                )
            ]
        case LinkIncident(incident_id=incident_id):
            # A first incident stays: a second one opened by hand refers to the same anomaly.
            if state.incident_id is not None:
                return []
            return [IncidentWasLinked(anomaly_id=anomaly_id, incident_id=incident_id)]
        case _:
            assert_never(command)


def _answered(command: AnswerNotice, state: Anomaly) -> Sequence[AnomalyEvent]:
    found = state.found
    if not isinstance(found, AnomalyNoticed) or found.token is None:
        raise AnomalyNotFoundError
    if state.mine == command.mine:
        return []
    if state.mine is False:
        # Whoever said "not me" has had the account closed to others: there is no way back by link.
        raise LinkSpentError
    return [
        SignInAnswered(
            anomaly_id=found.anomaly_id,
            subject_id=found.subject_id,
            mine=command.mine,
            answered_at=command.at,
        )
    ]
