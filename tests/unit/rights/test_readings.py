"""What staff are shown is recorded before the first byte goes out, or not shown."""

from datetime import timedelta
from typing import Any, cast

import pytest
from fastapi import APIRouter, Depends, FastAPI
from httpx import ASGITransport, AsyncClient

from shared.archive import stated_reason
from shared.clock import SystemClock
from shared.database import PyMongoError
from shared.event_store import EventStore
from shared.events.base import Event
from shared.events.reading import AnswersCounted, PersonalDataRead
from shared.http.answers import MANY, AnswerCounter
from shared.http.auth import Principal, Role, Session
from shared.http.authorised import LimitedRequests, authorised
from shared.personal import Category
from shared.rights import Endpoint, Right, Rights
from shared.vault import current_access
from tests.callers import PROVEN

ADA, BOB = "learner-ada", "learner-bob"
STATED = {"Archive-Reason": "complaint", "Archive-Reference": "PL-26-1"}


class Appended:
    """What was appended, when the answer had not begun; or a store that is away."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.away = False

    async def append(self, _stream: str, _version: int, events: list[Event], **_: Any) -> None:
        if self.away:
            raise PyMongoError("away")
        self.events += events

    @property
    def read(self) -> set[tuple[str, str, tuple[Category, ...], str | None]]:
        return {
            (one.subject_id, one.role, one.categories, one.reason)
            for one in self.events
            if isinstance(one, PersonalDataRead)
        }


class Kernel:
    """Holds the store, as a running service does."""

    def __init__(self, store: Appended) -> None:
        self.kernel, self.store = self, store
        self.answers = AnswerCounter("learning", cast("EventStore", store), SystemClock())


class Verifier:
    """Takes the token for `subject:role`."""

    async def verify(self, token: str) -> Principal:
        subject, _, role = token.partition(":")
        return Principal(subject, Role(role), Session("s", PROVEN.at, PROVEN))  # type: ignore[arg-type] # a test's subject


def right(role: str, action: Any, path: str) -> Right:
    both = [Category.CIVIL_IDENTITY, Category.LEARNING_HISTORY, Category.DEAD_LETTERS]
    return Right(
        roles=[role],
        categories=both,
        action=action,
        condition="none",
        endpoints=[Endpoint("learning", "GET", path)],
    )


@pytest.fixture
def store() -> Appended:
    return Appended()


@pytest.fixture
def kernel(store: Appended) -> Kernel:
    return Kernel(store)


@pytest.fixture
async def client(kernel: Kernel) -> AsyncClient:
    app = FastAPI(dependencies=[Depends(authorised)])
    router = APIRouter(dependencies=[Depends(stated_reason)])

    def opened(*values: tuple[str, Category]) -> None:
        access = current_access()
        assert access is not None
        access.opened.update(values)

    @router.get("/learners")
    async def learners() -> dict[str, str]:
        opened((ADA, Category.CIVIL_IDENTITY), (ADA, Category.LEARNING_HISTORY))
        opened((BOB, Category.CIVIL_IDENTITY), ("dead-letters-learning", Category.DEAD_LETTERS))
        opened(("staff-1", Category.CIVIL_IDENTITY))
        if (access := current_access()) is not None:
            access.broken_glass[BOB] = "access-1"
        return {"name": "Ada"}

    @router.get("/refused")
    async def refused() -> None:
        opened((ADA, Category.CIVIL_IDENTITY))
        raise ValueError

    @router.get("/certify")
    async def certify() -> None:
        opened((ADA, Category.LEARNING_HISTORY))

    app.include_router(router)
    app.add_middleware(LimitedRequests)
    app.state.token_verifier = Verifier()
    app.state.clock, app.state.recently = SystemClock(), timedelta(minutes=10)
    app.state.runtime = kernel
    app.state.service = "learning"
    app.state.rights = Rights(
        {},
        [
            right("trainer", "read", "/learners"),
            right("learner", "read", "/learners"),
            right("trainer", "read", "/refused"),
            right("trainer", "decide", "/certify"),
        ],
    )
    transport = ASGITransport(app=app, raise_app_exceptions=False)
    return AsyncClient(transport=transport, base_url="http://t.test")


def as_one(who: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {who}"}


@pytest.mark.promise("C4.2", "C7.4")
async def test_every_person_whose_values_staff_were_shown_has_a_reading(
    client: AsyncClient, store: Appended
) -> None:
    answer = await client.get("/learners", headers=as_one("staff-1:trainer"))
    assert answer.json() == {"name": "Ada"}
    assert store.read == {
        (ADA, "trainer", (Category.CIVIL_IDENTITY, Category.LEARNING_HISTORY), None),
        (BOB, "trainer", (Category.CIVIL_IDENTITY,), None),
    }


@pytest.mark.promise("C4.2", "C7.4")
async def test_what_is_read_beyond_the_compartment_is_marked(
    client: AsyncClient, store: Appended
) -> None:
    await client.get("/learners", headers=as_one("staff-1:trainer"))
    told = {
        one.subject_id: one.break_glass for one in store.events if isinstance(one, PersonalDataRead)
    }
    assert told == {ADA: None, BOB: "access-1"}


async def test_a_reason_that_was_stated_is_in_the_reading(
    client: AsyncClient, store: Appended
) -> None:
    await client.get("/learners", headers=as_one("staff-1:trainer") | STATED)
    assert {reason for *_, reason in store.read} == {"complaint"}


@pytest.mark.promise("C7.4")
async def test_an_answer_that_cannot_be_recorded_is_not_given(
    client: AsyncClient, store: Appended
) -> None:
    store.away = True
    answer = await client.get("/learners", headers=as_one("staff-1:trainer"))
    assert answer.status_code == 503
    assert answer.json()["code"] == "unavailable"
    assert "Ada" not in answer.text


async def test_what_a_person_reads_of_themselves_what_is_refused_and_what_is_not_shown_is_none(
    client: AsyncClient, store: Appended
) -> None:
    assert (await client.get("/learners", headers=as_one(f"{ADA}:learner"))).status_code == 200
    assert (await client.get("/refused", headers=as_one("staff-1:trainer"))).status_code == 500
    assert (await client.get("/certify", headers=as_one("staff-1:trainer"))).status_code == 200
    assert store.events == []


@pytest.mark.promise("C1.5", "C7.4")
async def test_who_gets_very_many_answers_is_told_of_and_nobody_else(
    client: AsyncClient, kernel: Kernel, store: Appended
) -> None:
    for _ in range(MANY):
        await client.get("/learners", headers=as_one(f"{ADA}:learner"))
    for _ in range(MANY - 1):
        await client.get("/learners", headers=as_one(f"{BOB}:learner"))
        await client.get("/refused", headers=as_one("staff-1:trainer"))
    assert await kernel.answers.tell() == {"many": 1}
    (told,) = store.events
    assert isinstance(told, AnswersCounted)
    assert (told.subject_id, told.role, told.answers) == (ADA, "learner", MANY)
    assert told.since <= told.until
    assert await kernel.answers.tell() == {"many": 0}, "from nothing again"
