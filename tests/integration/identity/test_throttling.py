"""Too many attempts wait, for everybody alike, and never lock somebody's own device out."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from services.identity.adapters.passwords import HashingFailedError
from services.identity.adapters.throttle_store import (
    COLLECTION,
    Key,
    ThrottledError,
    ThrottleStore,
    network_of,
)
from services.identity.application.throttle import (
    LETTERS_ADDRESS,
    PRESENT_PASSWORD,
    SIGN_IN_ACCOUNT,
    Throttle,
)
from services.identity.domain.errors import WrongPasswordError
from services.identity.domain.throttling import Budget
from shared.clock import FixedClock
from shared.database import PyMongoError
from shared.events.base import SubjectId
from shared.vault import KeysUnavailableError
from tests.integration.identity.conftest import PASSWORD, Identity
from tests.integration.identity.test_accounts import EMAIL, confirmed

UNKNOWN = "inconnu@canari.test"
WRONG = "un faux mot de passe"
NOON = datetime(2030, 3, 1, 12, tzinfo=UTC)
GUESSES = SIGN_IN_ACCOUNT.free + 1


async def attempt(
    identity: Identity, email: str, password: str = WRONG, *, device: str = "", network: int = 1
) -> httpx.Response:
    body = {"email": email, "password": password, "device": device}
    headers = {"X-Forwarded-For": f"198.51.{network}.7"}
    return await identity.client.post("/sessions", json=body, headers=headers)


@pytest.mark.promise("C7.3", "C7.4")
async def test_guesses_wait_whether_or_not_there_is_an_account_and_wherever_they_come_from(
    identity: Identity,
) -> None:
    await confirmed(identity)
    for email in (EMAIL, UNKNOWN):
        answers = [await attempt(identity, email, network=n) for n in range(GUESSES)]
        statuses = [answer.status_code for answer in answers]
        assert statuses == [401] * SIGN_IN_ACCOUNT.free + [429]
        told = answers[-1]
        assert told.json()["code"] == "throttled"
        assert told.headers["content-type"] == "application/problem+json"
        assert 1 <= int(told.headers["retry-after"]) <= 5


@pytest.mark.promise("C7.3")
async def test_an_attack_does_not_keep_the_owner_out_on_a_device_the_account_knows(
    identity: Identity,
) -> None:
    await confirmed(identity)
    device = (await attempt(identity, EMAIL, PASSWORD)).json()["device"]
    for number in range(GUESSES):
        await attempt(identity, EMAIL, network=number)
    assert (await attempt(identity, EMAIL, PASSWORD)).status_code == 429
    assert (await attempt(identity, EMAIL, PASSWORD, device="forged." + device)).status_code == 429
    assert (await attempt(identity, EMAIL, PASSWORD, device=device)).status_code == 201


async def test_letters_to_one_address_wait(identity: Identity) -> None:
    asked = [
        (await identity.client.post("/recoveries", json={"email": UNKNOWN})).status_code
        for _ in range(LETTERS_ADDRESS.free + 1)
    ]
    assert asked == [202] * LETTERS_ADDRESS.free + [429]
    registered = [
        (await identity.register(UNKNOWN)).status_code for _ in range(LETTERS_ADDRESS.free + 1)
    ]
    assert registered == [202] * LETTERS_ADDRESS.free + [429]


async def test_replicas_share_what_was_tried_and_forget_it_in_time(identity: Identity) -> None:
    clock = FixedClock(datetime(2030, 3, 1, tzinfo=UTC))
    database = identity.mongo.database("identity")
    one, other = (ThrottleStore(database, "a secret of the tests", clock) for _ in range(2))
    budget = Budget(1, timedelta(seconds=10), timedelta(minutes=1), timedelta(hours=1))
    key = Key("sign-in:account:" + EMAIL, budget)
    await one.spend([key])
    with pytest.raises(ThrottledError) as refused:
        await other.spend([key])
    assert refused.value.details == {"retry_after": 10}
    stored = await database.collection(COLLECTION).find_one({"count": 1})
    assert EMAIL not in str(stored)
    clock.move_to(clock.now() + timedelta(hours=1))
    assert await other.forget_old() == 1
    await other.spend([key])


@pytest.mark.parametrize("ours", [HashingFailedError(), PyMongoError(), KeysUnavailableError()])
async def test_what_fails_for_a_reason_of_ours_counts_against_nobody(
    identity: Identity, ours: Exception
) -> None:
    store = ThrottleStore(identity.mongo.database("identity"), "a secret", FixedClock(NOON))
    throttle, who = Throttle(store), SubjectId("somebody")
    for _ in range(PRESENT_PASSWORD.free + 1):
        with pytest.raises(type(ours)):
            async with throttle.present_password(who):
                raise ours
    for _ in range(PRESENT_PASSWORD.free):
        with pytest.raises(WrongPasswordError):
            async with throttle.present_password(who):
                raise WrongPasswordError("current_password")
    with pytest.raises(ThrottledError):
        async with throttle.present_password(who):
            pass


async def test_what_could_not_be_given_back_while_the_database_was_away_is_given_back_later(
    identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ThrottleStore(identity.mongo.database("identity"), "a secret", FixedClock(NOON))
    throttle, who = Throttle(store), SubjectId("somebody else")
    failing = fails_while_away(throttle, store, who, monkeypatch)
    for _ in range(PRESENT_PASSWORD.free + 1):
        with pytest.raises(HashingFailedError):
            await failing()
    async with throttle.present_password(who):
        pass


def fails_while_away(
    throttle: Throttle, store: ThrottleStore, who: SubjectId, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Awaitable[None]]:
    """Return an attempt that fails when nothing can be given back for a moment."""

    async def is_away(_: object) -> None:
        raise PyMongoError

    async def attempt() -> None:
        with monkeypatch.context() as away:
            async with throttle.present_password(who):
                away.setattr(store, "give_back", is_away)
                raise HashingFailedError

    return attempt


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("::ffff:192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2::7", "2001:db8:1::/48"),
        ("unknown", None),
    ],
)
def test_addresses_are_counted_by_network(address: str, network: str | None) -> None:
    assert network_of(address) == network
