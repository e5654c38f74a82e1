"""An anomaly from its finding to its end."""

from datetime import UTC, datetime
from functools import reduce
from typing import Final

import pytest

from services.identity.domain.anomaly.commands import (
    AnomalyCommand,
    AnswerNotice,
    DismissAnomaly,
    LinkIncident,
    Notice,
)
from services.identity.domain.anomaly.decide import decide
from services.identity.domain.anomaly.events import (
    AnomalyDismissed,
    AnomalyEvent,
    AnomalyNoticed,
    AttackNoticed,
    IncidentWasLinked,
    SignInAnswered,
)
from services.identity.domain.anomaly.evolve import evolve
from services.identity.domain.anomaly.state import NO_ANOMALY
from services.identity.domain.errors import (
    AnomalyNotFoundError,
    AnomalySettledError,
    LinkSpentError,
)
from shared.events.base import SubjectId
from shared.personal import Personal

AT: Final = datetime(2026, 3, 10, tzinfo=UTC)
WHO: Final = SubjectId("learner-1")
FOUND: Final = AnomalyNoticed(
    anomaly_id="a",
    subject_id=WHO,
    holder="learner",
    rule="new-device",
    month="2026-03",
    since=AT,
    until=AT,
    counts={},
    alarm=False,
    token=Personal("opaque"),
)
ATTACK: Final = AttackNoticed(
    anomaly_id="b", rule="stuffing-one-network", since=AT, until=AT, counts={}, alarm=True
)
DISMISS: Final = DismissAnomaly("own_device", "security-1", AT)
DISMISSED: Final = AnomalyDismissed(
    anomaly_id="a", reason="own_device", dismissed_by="security-1", dismissed_at=AT
)
LINKED: Final = IncidentWasLinked(anomaly_id="a", incident_id="i")


def answered(*, mine: bool) -> SignInAnswered:
    return SignInAnswered(anomaly_id="a", subject_id=WHO, mine=mine, answered_at=AT)


@pytest.mark.promise("C7.4")
@pytest.mark.parametrize(
    ("given", "when", "then"),
    [
        ([], Notice(FOUND), [FOUND]),
        ([FOUND], Notice(FOUND), []),
        ([FOUND], AnswerNotice(True, AT), [answered(mine=True)]),
        ([FOUND, answered(mine=True)], AnswerNotice(True, AT), []),
        ([FOUND, answered(mine=True)], AnswerNotice(False, AT), [answered(mine=False)]),
        ([FOUND, DISMISSED], AnswerNotice(False, AT), [answered(mine=False)]),
        ([FOUND], DISMISS, [DISMISSED]),
        ([FOUND, DISMISSED], DISMISS, []),
        ([FOUND], LinkIncident("i"), [LINKED]),
        ([FOUND, LINKED], LinkIncident("i2"), []),
    ],
)
def test_what_is_asked_leads_to(
    given: list[AnomalyEvent], when: AnomalyCommand, then: list[AnomalyEvent]
) -> None:
    assert list(decide(when, reduce(evolve, given, NO_ANOMALY))) == then


@pytest.mark.parametrize(
    ("given", "when", "refusal"),
    [
        ([], DISMISS, AnomalyNotFoundError),
        ([ATTACK], AnswerNotice(True, AT), AnomalyNotFoundError),
        ([FOUND, LINKED], DISMISS, AnomalySettledError),
        ([FOUND, DISMISSED], DismissAnomaly("own_travel", "s", AT), AnomalySettledError),
        ([FOUND, answered(mine=False)], AnswerNotice(True, AT), LinkSpentError),
    ],
)
def test_what_is_refused(
    given: list[AnomalyEvent], when: AnomalyCommand, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        decide(when, reduce(evolve, given, NO_ANOMALY))
