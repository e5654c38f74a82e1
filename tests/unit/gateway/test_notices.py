"""Notices as they come: bounded streams, counts that are never old, and a page without a script."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from services.gateway.notices.streams import Streams, TooManyStreamsError
from services.gateway.notices.telling import Telling
from services.gateway.notices.unread import UnreadCounts
from services.gateway.services import ServiceAwayError
from services.gateway.sessions import Session
from shared.http.auth import Role
from tests.unit.gateway.conftest import Gateway

NEWS = {"unread": 1, "cursor": f"{1:020d}.m1", "language": "fr", "items": []}
NOTICE = {
    "message_id": "m1",
    "kind": "welcome",
    "message_class": "transactional",
    "at": "2025-01-12T09:00:00+00:00",
    "read": False,
    "title": "Bienvenue <b>",
    "blocks": [
        {"kind": "paragraph", "text": "Votre compte est ouvert."},
        {"kind": "button", "text": "Commencer", "path": "/modules"},
        {"kind": "button", "text": "Ailleurs", "path": "https://elsewhere.test"},
    ],
}
PAGE = {
    "items": [NOTICE],
    "page": 1,
    "pages": 2,
    "total": 11,
    "unread": 1,
    "language": "fr",
    "cursor": f"{1:020d}.m1",
}


class Asking:
    """A caller whose service answers what it is told to."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.after: list[str] = []
        self.answers: asyncio.Queue[Any] = asyncio.Queue()
        self.asked = asyncio.Event()

    async def get(self, _service: str, _path: str, after: str = "") -> Any:
        self.after.append(after)
        self.asked.set()
        answer = await self.answers.get()
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
async def session(gateway: Gateway) -> Session:
    found = await gateway.sessions.find(Role.LEARNER)
    assert found is not None
    return found


def streams(most: int = 10, most_per_session: int = 5) -> Streams:
    return Streams(most=most, most_per_session=most_per_session)


def events_of(telling: Telling, asking: Asking, after: str = "") -> AsyncIterator[bytes]:
    caller: Any = asking
    events: Any = telling.answer(caller, after).body_iterator
    return events  # type: ignore[no-any-return]


def test_streams_are_bounded_in_a_session_and_in_all(session: Session) -> None:
    of_session, in_all = streams(most_per_session=1), streams(most=1)
    for bounded in (of_session, in_all):
        first = bounded.open(session)
        with pytest.raises(TooManyStreamsError):
            bounded.open(session)
        bounded.close(first)
        bounded.close(first)
        bounded.close(bounded.open(session))
        assert len(bounded) == 0


async def test_wakes_that_nobody_has_looked_at_are_one(session: Session) -> None:
    stream = streams().open(session)
    for _ in range(1_000):
        stream.wake()
    assert await stream.woken(0)
    assert not await stream.woken(0)


def test_only_the_sessions_that_are_over_lose_their_streams(session: Session) -> None:
    open_ones = streams()
    stream = open_ones.open(session)
    open_ones.end_sessions({"another"})
    assert not stream.over
    open_ones.end_sessions({session.key})
    assert stream.over


def test_a_process_that_stops_ends_streams_and_those_that_come(session: Session) -> None:
    open_ones = streams()
    before = open_ones.open(session)
    open_ones.end_all()
    assert before.over
    assert open_ones.open(session).over


async def test_a_stream_tells_the_state_then_changes_alone_then_that_it_lives(
    session: Session,
) -> None:
    open_ones, asking = streams(), Asking(session)
    events = events_of(Telling(open_ones, heartbeat=0.01), asking)
    assert (await anext(events)).startswith(b"retry: ")
    asking.answers.put_nowait(NEWS)
    first = await anext(events)
    assert first.startswith(b"event: notices\ndata: ")
    assert f"id: {NEWS['cursor']}".encode() in first
    assert await anext(events) == b": ping\n\n"
    open_ones.wake(session.subject)
    asking.answers.put_nowait(NEWS)
    assert await anext(events) == b": ping\n\n"
    open_ones.wake(session.subject)
    asking.answers.put_nowait({**NEWS, "unread": 0})
    assert b'"unread": 0' in await anext(events)
    assert asking.after == ["", NEWS["cursor"], NEWS["cursor"]]


async def test_a_stream_goes_on_where_the_browser_left_and_asks_again_who_was_away(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.gateway.notices.telling.AWAY_SECONDS", 0)
    open_ones, asking = streams(), Asking(session)
    events = events_of(Telling(open_ones, heartbeat=60), asking, after="00000000000000000000.m0")
    await anext(events)
    asking.answers.put_nowait(ServiceAwayError("notify"))
    asking.answers.put_nowait(NEWS)
    assert b"event: notices" in await anext(events)
    assert asking.after == ["00000000000000000000.m0"] * 2
    open_ones.end_all()
    assert [event async for event in events] == []
    assert len(open_ones) == 0


async def test_a_count_is_asked_once_until_there_is_news(session: Session) -> None:
    asking: Any = Asking(session)
    counts = UnreadCounts()
    asking.answers.put_nowait({"unread": 3})
    assert [await counts.of(asking), await counts.of(asking)] == [3, 3]
    counts.forget(session.subject)
    asking.answers.put_nowait({"unread": 4})
    assert await counts.of(asking) == 4


async def test_an_answer_that_news_overtook_is_not_kept(session: Session) -> None:
    asking: Any = Asking(session)
    counts = UnreadCounts()
    under_way = asyncio.create_task(counts.of(asking))
    await asking.asked.wait()
    counts.forget(session.subject)
    asking.answers.put_nowait({"unread": 0})
    assert await under_way == 0
    asking.answers.put_nowait({"unread": 1})
    assert await counts.of(asking) == 1


@pytest.mark.parametrize("answer", [ServiceAwayError("notify"), {"items": []}, None])
async def test_a_page_is_shown_without_a_count_that_nobody_tells(
    session: Session, answer: object
) -> None:
    asking: Any = Asking(session)
    counts = UnreadCounts()
    asking.answers.put_nowait(answer)
    assert [await counts.of(asking), await counts.of(asking)] == [None, None]
    assert len(asking.after) == 1, "everybody would wait for who is away"


async def test_where_nobody_is_signed_in_a_stream_is_over(gateway: Gateway) -> None:
    async with gateway.client() as browser:
        answer = await browser.get("/notices/stream")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "event: over" in answer.text


async def test_too_many_streams_are_refused_with_problem_details(
    gateway: Gateway, session: Session
) -> None:
    for _ in range(2):
        gateway.portal.streams.open(session)
    async with gateway.client(Role.LEARNER) as browser:
        answer = await browser.get("/notices/stream", headers={"Accept": "text/event-stream"})
    assert answer.status_code == 429


async def test_the_page_shows_notices_escaped_with_links_of_the_portal_alone(
    gateway: Gateway,
) -> None:
    gateway.services.answer = httpx.Response(200, json=PAGE)
    gateway.services.news["unread"] = 1
    async with gateway.client(Role.LEARNER) as browser:
        page = (await browser.get("/notices?kind=transactional")).text
    assert "Bienvenue &lt;b&gt;" in page
    assert 'href="/modules"' in page
    assert "elsewhere.test" not in page
    assert "<span data-number>1</span>" in page
    assert 'href="/notices?kind=transactional&amp;page=2"' in page
    assert 'action="/notices/m1/read"' in page
    assert 'name="until" value="00000000000000000001.m1"' in page


async def test_what_was_read_is_marked_up_to_what_was_seen(gateway: Gateway) -> None:
    gateway.services.answer = httpx.Response(200, json={"unread": 0})
    form = {"csrf": gateway.csrf(Role.LEARNER), "once": "once-1", "until": PAGE["cursor"]}
    async with gateway.client(Role.LEARNER) as browser:
        answer = await browser.post("/notices/read", data=form)
        one = await browser.post("/notices/m1/read", data={**form, "page": "2", "kind": "legal"})
    assert answer.headers["location"] == "/notices"
    assert one.headers["location"] == "/notices?kind=legal&page=2#notice-m1"
    all_read, read = gateway.services.requests
    assert all_read.url.params["until"] == PAGE["cursor"]
    assert read.url.path == "/me/notices/m1/read"
    assert read.headers["Idempotency-Key"] == "once-1"
