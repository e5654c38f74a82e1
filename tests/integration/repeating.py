"""What holds of every request that is sent again under its `Idempotency-Key`, on a real service."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest

from shared.event_store import Commit, EventStore
from shared.ids import new_id


@dataclass(frozen=True)
class Asked:
    """One request to change something."""

    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    async def sent(self, client: httpx.AsyncClient, key: str) -> httpx.Response:
        """Send it under `key` and return the answer."""
        headers = {**self.headers, "Idempotency-Key": key}
        return await client.request(self.method, self.path, json=self.body, headers=headers)


def store_of(client: httpx.AsyncClient) -> EventStore:
    """Return the store of the service that `client` speaks to, in this process."""
    app: Any = client._transport
    store: EventStore = app.app.state.keyed_requests._store
    return store


class Apart(dict[str, asyncio.Lock]):
    """Locks that nobody shares, as if each request met another replica of the service."""

    def setdefault(self, _: str, default: asyncio.Lock | None = None) -> asyncio.Lock:
        """Return a lock of its own."""
        return default or asyncio.Lock()


def as_replicas(client: httpx.AsyncClient, patch: pytest.MonkeyPatch) -> None:
    """Let requests with one key meet in the store alone."""
    app: Any = client._transport
    patch.setattr(app.app.state.keyed_requests, "_locks", Apart())


async def events_of_requests(client: httpx.AsyncClient) -> int:
    """Return how many events requests with a key have led to."""
    commits = store_of(client)._commits.find({"meta.fingerprint": {"$exists": True}})
    return sum([len(commit["events"]) async for commit in commits])


async def check_acts_once(
    client: httpx.AsyncClient, asked: Asked, *, status: int, key: str | None = None
) -> httpx.Response:
    """Send `asked` three times at once and once more: one effect, one answer; return it."""
    key, before = key or new_id(), await events_of_requests(client)
    answers = await asyncio.gather(*(asked.sent(client, key) for _ in range(3)))
    after = await events_of_requests(client)
    answers.append(await asked.sent(client, key))
    assert [answer.status_code for answer in answers] == [status] * 4, answers[0].text
    assert {answer.content for answer in answers} == {answers[0].content}
    assert after > before
    assert await events_of_requests(client) == after
    await check_refused_with_another_body(client, asked, key)
    assert await events_of_requests(client) == after
    return answers[0]


async def check_refused_with_another_body(
    client: httpx.AsyncClient, asked: Asked, key: str
) -> None:
    """Send another body under the key of `asked`: it is refused, in the caller's language."""
    other = replace(asked, body={"quite": "another body"})
    for language, word in (("fr", "Cette demande"), ("en", "This request")):
        headers = {**asked.headers, "Accept-Language": language}
        refused = await replace(other, headers=headers).sent(client, key)
        assert (refused.status_code, refused.json()["code"]) == (422, "idempotency-key-reused")
        assert refused.json()["title"].startswith(word)


async def check_survives_a_death(
    client: httpx.AsyncClient,
    asked: Asked,
    patch: pytest.MonkeyPatch,
    *,
    status: int,
    appends: int = 1,
) -> httpx.Response:
    """Let the process lose the request before, then after each append: sent again, it is done."""
    key, before = new_id(), await events_of_requests(client)
    store = store_of(client)
    append = store.append

    async def dies_before(stream: str, version: int, events: list[Any], **named: Any) -> Commit:
        if not events:  # an earlier outcome is looked up
            return await append(stream, version, events, **named)
        raise SystemError("died before the append")

    async def dies_after(stream: str, version: int, events: list[Any], **named: Any) -> Commit:
        commit = await append(stream, version, events, **named)
        if not events:
            return commit
        raise SystemError("died after the append")

    for death in (dies_before, dies_after) * appends:
        with patch.context() as dying:
            dying.setattr(store, "append", death)
            assert (await asked.sent(client, key)).status_code == httpx.codes.INTERNAL_SERVER_ERROR
    after = await events_of_requests(client)
    answers = [await asked.sent(client, key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [status, status], answers[0].text
    assert answers[0].content == answers[1].content
    assert after > before
    assert await events_of_requests(client) == after
    return answers[0]
