"""Notices from a fact to the streams of two replicas of the gateway, on real engines."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.gateway.notices.hearing import NoticeNews
from services.gateway.notices.streams import Streams
from services.gateway.notices.telling import Telling
from services.gateway.notices.unread import UnreadCounts
from services.gateway.services import Caller, Services
from services.gateway.sessions import SessionStore
from services.gateway.settings import GatewaySettings
from shared.events import identity, retention
from shared.events.base import SubjectId
from shared.events.erasure import KeyScope
from shared.http.auth import Role
from shared.ids import new_id
from shared.personal import WHOLE, Category, Personal
from shared.settings import load_settings
from shared.tokens import GATEWAY, TokenIssuer
from tests.integration.notify.conftest import Notify
from tests.waiting import eventually

WAITS = 30


@dataclass
class Replica:
    """What of one process of the gateway has to do with notices."""

    sessions: SessionStore
    services: Services
    streams: Streams
    telling: Telling
    unread: UnreadCounts

    async def caller(self, token: str) -> Caller:
        """Return who asks in the session of a cookie."""
        session = await self.sessions.find(token)
        assert session is not None
        return Caller(self.services, session, "fr", "127.0.0.1")

    async def listening(self, token: str, after: str = "") -> "Tab":
        """Open a stream as a page does."""
        answer: Any = self.telling.answer(await self.caller(token), after)
        return Tab(answer.body_iterator)


@dataclass
class Tab:
    """A page that listens."""

    events: AsyncIterator[bytes]
    cursor: str = ""
    pings: int = field(default=0)

    async def news(self) -> dict[str, Any]:
        """Return the next event's content; heartbeats are counted."""
        async with asyncio.timeout(WAITS):
            async for event in self.events:
                lines = dict(line.split(": ", 1) for line in event.decode().splitlines() if line)
                if "data" in lines:
                    self.cursor = lines["id"]
                    found: dict[str, Any] = json.loads(lines["data"])
                    return found
                self.pings += event.startswith(b":")
        raise AssertionError("the stream ended")

    async def until_unread(self, count: int) -> dict[str, Any]:
        """Return the event that tells of `count` unread notices, with every title until then."""
        titles: list[str] = []
        while True:
            news = await self.news()
            titles += [one["title"] for one in news["items"]]
            if news["unread"] == count:
                return {**news, "titles": titles}

    async def ended(self) -> None:
        """Wait until the stream ends."""
        async with asyncio.timeout(WAITS):
            async for _ in self.events:
                pass


@asynccontextmanager
async def replica(notify: Notify) -> AsyncIterator[Replica]:
    """Run a process's part, with a reader of Kafka of its own."""
    settings = load_settings(GatewaySettings)
    sessions = SessionStore(notify.mongo.database("gateway"), notify.clock, timedelta(hours=12))
    streams = Streams(most=10, most_per_session=6)
    unread = UnreadCounts()
    issuer = TokenIssuer(GATEWAY, settings.secrets_dir, notify.clock)
    hearing = NoticeNews(settings, sessions, streams, unread)
    transport = httpx.ASGITransport(app=notify.app)
    async with httpx.AsyncClient(transport=transport) as client:
        await hearing.start()
        services = Services(settings, issuer, client)
        try:
            yield Replica(sessions, services, streams, Telling(streams, heartbeat=1), unread)
        finally:
            await hearing.stop()


@pytest.mark.promise("C8.4", "C12.1")
async def test_a_notice_reaches_every_page_and_is_read_everywhere(notify: Notify) -> None:
    async with AsyncExitStack() as stack:
        one, other = [await stack.enter_async_context(replica(notify)) for _ in range(2)]
        notify.post.refusals.extend(["550 5.1.1 no such mailbox"] * 3)
        learner = await notify.world.learner(language="en")
        await notify.until_status(learner, "welcome", "failed")
        token = await one.sessions.start(learner, Role.LEARNER, "en")
        caller = await one.caller(token)
        first, second = await one.listening(token), await other.listening(token)
        # The mail came back: the notice is there.
        assert [(await tab.until_unread(1))["titles"] for tab in (first, second)] == [[], []]
        assert await one.unread.of(caller) == 1
        known = second.cursor

        # Somebody who lives by another clock is shown notices all the same.
        zone = identity.ZoneChosen(learner_id=learner, zone=Personal("Asia/Tokyo"))
        await notify.world.tell(zone, stream=f"learner-{learner}", subject=learner)
        await _changed(notify, learner)
        for tab in (first, second):
            news = await tab.until_unread(2)
            assert news["titles"] == ["Your password has changed"]
            assert news["language"] == "en"
        await eventually(lambda: _counts(one, caller, 2))

        # What came while a page was away is told by the other replica, and nothing twice.
        again = await other.listening(token, after=known)
        assert (await again.until_unread(2))["titles"] == ["Your password has changed"]
        upto_date = await other.listening(token, after=again.cursor)
        assert (await upto_date.until_unread(2))["titles"] == []

        notices = await caller.get("notify", "/me/notices")
        assert [item["message_class"] for item in notices["items"]] == ["security", "transactional"]
        assert notices["items"][0]["blocks"][0]["kind"] == "paragraph"
        assert "opaque" not in json.dumps(notices)
        await caller.send("POST", "notify", f"/me/notices/{notices['items'][0]['message_id']}/read")
        for tab in (first, second, again):
            assert (await tab.until_unread(1))["items"] == []
        await caller.send("POST", "notify", "/me/notices/read", params={"until": notices["cursor"]})
        await second.until_unread(0)
        other_learner = await one.caller(await one.sessions.start(new_id(), Role.LEARNER, "en"))
        assert (await other_learner.get("notify", "/me/notices"))["total"] == 0

        assert caller.session is not None
        await one.sessions.end(caller.session)
        for tab in (first, second, again, upto_date):
            await tab.ended()
        assert (len(one.streams), len(other.streams)) == (0, 0)


@pytest.mark.promise("C8.4", "C2.5")
async def test_notices_are_gone_after_thirty_days_and_with_their_person(notify: Notify) -> None:
    async with replica(notify) as gateway:
        learner = await notify.world.learner()
        await notify.until_status(learner, "welcome", "sent")
        token = await gateway.sessions.start(learner, Role.LEARNER, "fr")
        caller = await gateway.caller(token)
        assert (await caller.get("notify", "/me/notices"))["total"] == 1

        order = retention.ErasureOrdered(
            case_id=new_id(),
            subject_id=learner,
            scopes=(KeyScope(category=Category.CONTACT, object=WHOLE),),
            mode="deleted",
            reason="request",
            rule_ids=(),
            closes_account=True,
        )
        await notify.world.tell(order, stream=f"case-{order.case_id}", subject=learner)
        await eventually(lambda: _nothing(caller))

        second = await notify.world.learner()
        await notify.until_status(second, "welcome", "sent")
        notify.later(timedelta(days=30))
        caller = await gateway.caller(await gateway.sessions.start(second, Role.LEARNER, "fr"))
        assert (await caller.get("notify", "/me/notices"))["total"] == 0


async def _changed(notify: Notify, learner: SubjectId) -> None:
    fact = identity.PasswordChanged(learner_id=learner, how="changed")
    await notify.world.tell(fact, stream=f"learner-{learner}", subject=learner)


async def _counts(gateway: Replica, caller: Caller, count: int) -> bool:
    return await gateway.unread.of(caller) == count


async def _nothing(caller: Caller) -> bool:
    return bool((await caller.get("notify", "/me/notices"))["total"] == 0)
