"""Which facts end which sessions for services, while their tokens have not expired."""

from datetime import timedelta
from typing import Final, cast

import pytest

from services.gateway.session_ending import session_ending
from services.gateway.sessions import SessionStore
from shared.clock import FixedClock
from shared.events import identity as e
from shared.events.base import PublicEvent, SubjectId
from shared.events.retention import ErasureOrdered
from shared.http.auth import Principal, Role, Session
from shared.tokens import EndedSessions
from shared.tokens.ended import REMEMBERED
from tests.envelopes import enveloped
from tests.unit.tokens.conftest import NOW

ADA, BOB = SubjectId("ada"), SubjectId("bob")
AN_HOUR, A_SECOND = timedelta(hours=1), timedelta(seconds=1)
ALL: Final = (
    e.AccountClosed(learner_id=ADA, reason="learner"),
    e.AccountBlocked(learner_id=ADA, reason="minor_without_agreement"),
    e.StaffDeparted(staff_id=ADA),
    e.PasswordChanged(learner_id=ADA, how="changed"),
    e.SessionsEnded(account_id=ADA, by="staff"),
    e.StaffPasswordChanged(staff_id=ADA),
    e.AuthenticatorsChanged(account_id=ADA, holder="staff", change="totp_added"),
    e.LearnerLoggedOut(learner_id=ADA, everywhere=True),
    e.StaffLoggedOut(staff_id=ADA, everywhere=True),
    ErasureOrdered(
        case_id="case-1",
        subject_id=ADA,
        scopes=(),
        mode="deleted",
        reason="request",
        rule_ids=(),
        closes_account=True,
    ),
)


def caller(
    subject: SubjectId = ADA, *, since: timedelta = -AN_HOUR, session: str = "session-1"
) -> Principal:
    return Principal(subject, Role.LEARNER, Session(session, NOW + since))


@pytest.mark.promise("C8.4")
@pytest.mark.parametrize("event", ALL, ids=lambda event: type(event).__name__)
def test_what_ends_all_sessions_ends_those_before_it_and_nobody_elses(
    event: PublicEvent, ended: EndedSessions
) -> None:
    ended.hear(enveloped(event, subject=ADA, at=NOW))
    assert ended.is_over(caller())
    assert not ended.is_over(caller(since=A_SECOND))
    assert not ended.is_over(caller(BOB))


def test_what_ends_sessions_at_the_gateway_ends_them_at_services() -> None:
    at_the_gateway = session_ending(cast("SessionStore", None)).handlers
    suspending = {e.StaffTrainingReminded, e.StaffTrainingRecorded}
    assert at_the_gateway.keys() - suspending <= {type(event) for event in ALL}


def test_one_session_ends_alone(ended: EndedSessions) -> None:
    for number, kind in enumerate(
        (
            e.LearnerLoggedOut(learner_id=ADA, session_id="session-0"),
            e.StaffLoggedOut(staff_id=ADA, session_id="session-1"),
        )
    ):
        ended.hear(enveloped(kind, subject=ADA, at=NOW))
        assert ended.is_over(caller(session=f"session-{number}"))
    assert not ended.is_over(caller(session="session-2"))
    assert not ended.is_over(caller(BOB))


def test_whoever_is_in_no_session_cannot_be_signed_out(ended: EndedSessions) -> None:
    ended.hear(enveloped(ALL[0], subject=ADA, at=NOW))
    assert not ended.is_over(Principal(ADA, Role.SYSTEM))


@pytest.mark.parametrize(
    "event",
    [
        e.LearnerLoggedIn(learner_id=ADA),
        e.LearnerLoggedOut(learner_id=ADA),
        e.AuthenticatorsChanged(account_id=ADA, holder="staff", change="recovery_code_used"),
        ALL[-1].model_copy(update={"closes_account": False}),
    ],
    ids=lambda event: type(event).__name__,
)
def test_other_facts_end_nothing(event: PublicEvent, ended: EndedSessions) -> None:
    ended.hear(enveloped(event, subject=ADA, at=NOW))
    assert not ended.is_over(caller())


def test_what_is_heard_late_or_twice_takes_nothing_back(ended: EndedSessions) -> None:
    changed = e.PasswordChanged(learner_id=ADA, how="changed")
    ended.hear(enveloped(changed, subject=ADA, at=NOW))
    ended.hear(enveloped(changed, subject=ADA, at=NOW - AN_HOUR))
    assert ended.is_over(caller(since=-A_SECOND))


def test_it_is_remembered_as_long_as_a_token_lives(ended: EndedSessions, clock: FixedClock) -> None:
    ended.hear(enveloped(ALL[0], subject=ADA, at=NOW))
    clock.move_to(NOW + REMEMBERED - A_SECOND)
    ended.hear(enveloped(ALL[0], subject=BOB, at=clock.now()))
    assert ended.is_over(caller())
    clock.move_to(NOW + REMEMBERED)
    ended.hear(enveloped(ALL[0], subject=BOB, at=clock.now()))
    assert not ended.is_over(caller())
    assert ended.is_over(caller(BOB))
