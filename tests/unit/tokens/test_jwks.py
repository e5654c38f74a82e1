"""Public keys: cached, fetched again for an unknown id, and never too often."""

import asyncio
import json
from collections.abc import Sequence

import httpx
import pytest

from shared.http.problems import ProblemError
from shared.tokens import GATEWAY, OPERATOR, PublicKeys
from shared.tokens.jwks import (
    FETCHED_EVERY_SECONDS,
    FRESH_SECONDS,
    MOST_KEYS,
    STALE_SECONDS,
    from_url,
    keys_of,
)
from shared.tokens.signing_keys import SigningKey, new_key
from tests.unit.tokens.conftest import NOW


class Publisher:
    """Publishes keys, counts who asks, and may be away."""

    def __init__(self, *keys: SigningKey) -> None:
        self.keys: Sequence[SigningKey] = keys
        self.asked = 0
        self.away = False
        self.seconds = 0.0
        self.public_keys = PublicKeys({GATEWAY: self.fetch}, steady=lambda: self.seconds)

    async def fetch(self) -> bytes:
        self.asked += 1
        await asyncio.sleep(0)
        if self.away:
            raise httpx.ConnectError("away")
        return json.dumps({"keys": [key.public() for key in self.keys]}).encode()

    async def knows(self, key: SigningKey) -> bool:
        return await self.public_keys.find(GATEWAY, key.kid) is not None


OLD, NEW = new_key(GATEWAY, NOW), new_key(GATEWAY, NOW)


async def test_a_known_key_is_asked_for_once() -> None:
    publisher = Publisher(OLD)
    assert await publisher.knows(OLD)
    assert await publisher.knows(OLD)
    assert publisher.asked == 1


async def test_an_unknown_key_is_fetched_at_once_and_invented_ids_cost_a_look_a_second() -> None:
    publisher = Publisher(OLD)
    assert await publisher.knows(OLD)
    publisher.keys = (OLD, NEW)
    publisher.seconds += FETCHED_EVERY_SECONDS
    assert await publisher.knows(NEW)
    assert publisher.asked == 2
    for number in range(100):
        assert await publisher.public_keys.find(GATEWAY, f"{GATEWAY}.{number}") is None
    assert publisher.asked == 2
    assert await publisher.knows(NEW)


async def test_requests_that_want_the_same_unknown_key_share_one_fetch() -> None:
    publisher = Publisher(NEW)
    assert all(await asyncio.gather(*(publisher.knows(NEW) for _ in range(20))))
    assert publisher.asked == 1


async def test_a_key_that_was_withdrawn_is_forgotten_when_the_set_is_no_longer_fresh() -> None:
    publisher = Publisher(OLD)
    assert await publisher.knows(OLD)
    publisher.keys = (NEW,)
    publisher.seconds += FRESH_SECONDS
    assert not await publisher.knows(OLD)


async def test_while_the_source_is_away_what_is_known_counts_for_five_minutes() -> None:
    publisher = Publisher(OLD)
    assert await publisher.knows(OLD)
    publisher.away = True
    publisher.seconds = STALE_SECONDS - 1
    assert await publisher.knows(OLD)
    publisher.seconds = STALE_SECONDS
    with pytest.raises(ProblemError, match="unavailable"):
        await publisher.knows(OLD)
    publisher.away, publisher.seconds = False, publisher.seconds + 1
    assert await publisher.knows(OLD)


async def test_an_issuer_that_nobody_named_has_no_key() -> None:
    assert await Publisher(OLD).public_keys.find(OPERATOR, OLD.kid) is None


def test_what_is_no_signing_key_is_left_out_and_ids_are_worked_out_not_believed() -> None:
    strange = [
        7,
        {},
        {"kty": "oct", "k": "AAAA", "kid": OLD.kid},
        {"kty": "OKP", "crv": "X25519", "x": OLD.public()["x"]},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
        {"kty": "OKP", "crv": "Ed25519", "x": 7},
        {**OLD.public(), "kid": NEW.kid},
    ]
    assert keys_of(GATEWAY, json.dumps({"keys": strange}).encode()).keys() == {OLD.kid}
    many = [new_key(GATEWAY, NOW).public() for _ in range(MOST_KEYS + 1)]
    assert len(keys_of(GATEWAY, json.dumps({"keys": many}).encode())) == MOST_KEYS


@pytest.mark.parametrize("content", [b"", b"[]", b'{"keys": 7}', b" " * 100_000, b"\xff"])
def test_what_is_no_key_set_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever defect
        keys_of(GATEWAY, content)


async def test_keys_are_fetched_over_http() -> None:
    content = json.dumps({"keys": [OLD.public()]}).encode()

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200 if request.url.path == "/jwks" else 404, content=content)

    there, gone = (
        from_url(f"http://gateway.test/{path}", httpx.MockTransport(answer))
        for path in ("jwks", "elsewhere")
    )
    assert await there() == content
    with pytest.raises(httpx.HTTPStatusError):
        await gone()
