"""Sessions on the real document store: hashed, ended by the clock, and ended with the account."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from services.gateway.devices import Device
from services.gateway.session_ending import session_ending
from services.gateway.sessions import COLLECTION, SessionStore
from shared.clock import FixedClock
from shared.consuming.envelope import Envelope
from shared.database import Database, MongoClient
from shared.events.base import PublicEvent, SubjectId
from shared.events.identity import (
    AccountClosed,
    AuthenticatorChange,
    AuthenticatorsChanged,
    PasswordChanged,
    StaffTrainingRecorded,
    StaffTrainingReminded,
)
from shared.events.retention import ErasureOrdered
from shared.http.auth import Role
from shared.http.proof import Proof
from shared.ids import new_id
from shared.settings import Settings
from tests.envelopes import enveloped

LENGTH = timedelta(hours=12)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture
def database(kernel_settings: Settings) -> Iterator[Database]:
    client = MongoClient(kernel_settings.mongodb_uri, kernel_settings.namespace)
    yield client.database("gateway")
    client.close()


async def test_a_session_is_found_by_its_token_until_its_end(
    database: Database, clock: FixedClock
) -> None:
    sessions = SessionStore(database, clock, LENGTH)
    await sessions.prepare()
    token = await sessions.start("learner-1", Role.LEARNER, "en")
    found = await sessions.find(token)
    assert found is not None
    assert (found.subject, found.role, found.language) == ("learner-1", Role.LEARNER, "en")
    assert await sessions.find("another") is None
    clock.move_to(clock.now() + LENGTH)
    assert await sessions.find(token) is None
    await sessions.start("learner-2", Role.LEARNER, None)
    assert await database.collection(COLLECTION).count_documents({"subject": "learner-1"}) == 0


@pytest.mark.promise("C4.3")
async def test_a_session_is_over_with_the_role_at_the_latest(
    database: Database, clock: FixedClock
) -> None:
    sessions = SessionStore(database, clock, timedelta(hours=8))
    soon = clock.now() + timedelta(minutes=5)
    token = await sessions.start("staff-9", Role.DPO, None, ends_at=soon)
    clock.move_to(soon - timedelta(seconds=1))
    assert await sessions.find(token) is not None
    clock.move_to(soon)
    assert await sessions.find(token) is None


async def test_a_session_that_nobody_uses_ends_and_use_is_noted(
    database: Database, clock: FixedClock
) -> None:
    sessions = SessionStore(database, clock, LENGTH, timedelta(hours=2))
    token = await sessions.start("learner-5", Role.LEARNER, None, Device("Firefox", "Linux"))
    clock.move_to(clock.now() + timedelta(hours=1, minutes=59))
    assert await sessions.find(token) is not None
    (seen,) = await sessions.of_subject("learner-5")
    assert (seen.device, seen.used_at) == (Device("Firefox", "Linux"), clock.now())
    clock.move_to(clock.now() + timedelta(hours=2))
    assert await sessions.find(token) is None
    assert await sessions.of_subject("learner-5") == []


async def test_one_session_ends_by_its_id_for_its_owner_alone(
    database: Database, clock: FixedClock
) -> None:
    sessions = SessionStore(database, clock, LENGTH)
    kept, ended = [await sessions.start("learner-6", Role.LEARNER, None) for _ in range(2)]
    one = await sessions.find(ended)
    assert one is not None
    assert not await sessions.end_one("learner-7", one.id)
    assert await sessions.end_one("learner-6", one.id)
    assert await sessions.find(ended) is None
    assert await sessions.find(kept) is not None


async def test_the_token_is_not_stored(database: Database, clock: FixedClock) -> None:
    token = await SessionStore(database, clock, LENGTH).start("learner-1", Role.LEARNER, None)
    stored = await database.collection(COLLECTION).find_one({})
    assert token not in str(stored)


@pytest.mark.promise("C8.4")
@pytest.mark.parametrize(("closes", "left"), [(True, 0), (False, 1)])
async def test_sessions_end_with_the_account(
    database: Database, clock: FixedClock, *, closes: bool, left: int
) -> None:
    sessions = SessionStore(database, clock, LENGTH)
    reaction = session_ending(sessions)
    await sessions.start("learner-1", Role.LEARNER, None)
    await sessions.start("learner-2", Role.LEARNER, None)
    order = ErasureOrdered(
        case_id="case-1",
        subject_id=SubjectId("learner-1"),
        scopes=(),
        mode="deleted",
        reason="request",
        rule_ids=(),
        closes_account=closes,
    )
    await reaction.handlers[ErasureOrdered](_envelope(order))
    await reaction.handlers[ErasureOrdered](_envelope(order))
    assert await sessions.end_all("learner-1") == left
    await reaction.handlers[AccountClosed](
        _envelope(
            AccountClosed(learner_id=SubjectId("learner-2"), reason="learner"), subject="learner-2"
        )
    )
    assert await sessions.end_all("learner-2") == 0


def authenticators(change: AuthenticatorChange) -> AuthenticatorsChanged:
    """Tell of a change of somebody's authenticators."""
    return AuthenticatorsChanged(account_id=SubjectId("learner-3"), holder="learner", change=change)


@pytest.mark.promise("C7.2", "C7.3")
@pytest.mark.parametrize(
    ("changed", "ends"),
    [
        (PasswordChanged(learner_id=SubjectId("learner-3"), how="changed"), True),
        (authenticators("passkey_added"), True),
        (authenticators("totp_removed"), True),
        (authenticators("reset"), True),
        (authenticators("recovery_code_used"), False),
    ],
)
async def test_a_changed_password_or_factor_ends_the_sessions_opened_before_it(
    database: Database, clock: FixedClock, changed: PublicEvent, *, ends: bool
) -> None:
    sessions = SessionStore(database, clock, LENGTH)
    clock.move_to(clock.now() - timedelta(hours=1))
    before = await sessions.start("learner-3", Role.LEARNER, None)
    other = await sessions.start("learner-4", Role.LEARNER, None)
    clock.move_to(datetime(2026, 3, 1, tzinfo=UTC))
    since = await sessions.start("learner-3", Role.LEARNER, None)
    reaction = session_ending(sessions)
    await reaction.handlers[type(changed)](_envelope(changed, subject="learner-3"))
    assert (await sessions.find(before) is None) is ends
    assert await sessions.find(since) is not None
    assert await sessions.find(other) is not None


@pytest.mark.promise("C7.3")
async def test_a_session_whose_owner_shows_anew_who_they_are_goes_on_under_another_token(
    database: Database, clock: FixedClock
) -> None:
    sessions = SessionStore(database, clock, LENGTH)
    token = await sessions.start("staff-7", Role.DPO, None, strong=True)
    session = await sessions.find(token)
    assert session is not None
    clock.move_to(clock.now() + timedelta(minutes=11))
    renewed = await sessions.find(await sessions.prove(session, strong=True))
    assert await sessions.find(token) is None
    assert renewed is not None
    assert (renewed.id, renewed.started_at) == (session.id, session.started_at)
    assert renewed.proof == Proof(clock.now(), strong=True)


def _envelope(event: PublicEvent, *, subject: str = "learner-1") -> Envelope:
    return enveloped(
        event,
        subject=subject,
        at=datetime(2026, 3, 1, tzinfo=UTC),
        stream=f"learner-{subject}",
        event_id=new_id(),
    )


@pytest.mark.promise("C7.7")
async def test_a_warning_and_a_training_count_in_sessions_that_are_open(
    database: Database, clock: FixedClock
) -> None:
    sessions = SessionStore(database, clock, LENGTH)
    token = await sessions.start("staff-5", Role.SUPPORT, None, strong=True)
    other = await sessions.start("staff-6", Role.SUPPORT, None, strong=True)
    staff, due_at = SubjectId("staff-5"), clock.now()
    suspends_at = due_at + timedelta(days=7)
    warned = StaffTrainingReminded(
        staff_id=staff, stage="due", due_at=due_at, suspends_at=suspends_at
    )
    trained = StaffTrainingRecorded(
        staff_id=staff,
        programme="both",
        done_on=due_at.date(),
        due_at=due_at + timedelta(days=365),
        recorded_by="staff-5",
    )
    reaction = session_ending(sessions)
    for event, expected in ((warned, suspends_at), (trained, None)):
        await reaction.handlers[type(event)](_envelope(event, subject="staff-5"))
        found = await sessions.find(token)
        assert found is not None
        assert found.suspends_at == expected
    untouched = await sessions.find(other)
    assert untouched is not None
    assert untouched.suspends_at is None
