"""What an external provider says is believed only when it is for us, now, and strong enough.

The provider is real and runs as a process of its own; see `tests/openid`.
"""

import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any, Final

import httpx
import pytest

from services.identity.adapters.openid_provider import (
    Client,
    OpenIDProvider,
    ProviderAwayError,
    ProviderRefusedError,
    Vouched,
    WeakSignInError,
)
from shared.clock import SystemClock
from tests.openid import CLIENT_ID, CLIENT_SECRET, Provider, openid_provider

BACK: Final = "https://portal.test/sign-in/provider/back"
CLAIMS: Final = {
    "sub": "subject-1",
    "email": "agnes@canari.test",
    "email_verified": True,
    "acr": "urn:mfa",
    "amr": ["pwd", "otp"],
}
VERIFIER: Final = secrets.token_urlsafe(32)


async def nothing_stops() -> None:
    """Let everything flow."""


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with openid_provider(BACK) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        yield client


@pytest.fixture
def ours(provider: Provider) -> Client:
    return Client(provider.issuer, CLIENT_ID, CLIENT_SECRET, BACK, (), ())


async def _code(provider: Provider, asks: OpenIDProvider, **decided: Any) -> tuple[str, str]:
    """Return the code that a browser comes back with, and the nonce it was sent with."""
    provider.decides(**{"claims": CLAIMS, **decided})
    nonce = secrets.token_urlsafe(32)
    back = provider.sends_back(await asks.address("state-1", nonce, VERIFIER))
    assert back.params["state"] == "state-1"
    return back.params["code"], nonce


async def _vouched(
    provider: Provider, http: httpx.AsyncClient, ours: Client, **decided: Any
) -> Vouched:
    asks = OpenIDProvider(ours, http, SystemClock(), nothing_stops)
    code, nonce = await _code(provider, asks, **decided)
    return await asks.vouch(code, nonce, VERIFIER)


@pytest.mark.promise("C7.3")
async def test_whom_the_provider_vouches_for_is_known_by_its_subject(
    provider: Provider, http: httpx.AsyncClient, ours: Client
) -> None:
    vouched = await _vouched(provider, http, ours)
    assert vouched.subject.text() == "subject-1"
    assert vouched.email is not None
    assert vouched.email.text() == "agnes@canari.test"
    assert "agnes" not in repr(vouched)
    for unproven in ({"email_verified": False}, {"email_verified": "true"}, {"email": None}):
        vouched = await _vouched(provider, http, ours, claims={**CLAIMS, **unproven})
        assert vouched.email is None


@pytest.mark.promise("C7.3")
@pytest.mark.parametrize(
    "decided",
    [
        {"wrong": {"iss": "https://elsewhere.test"}},
        {"wrong": {"aud": "another-client"}},
        {"wrong": {"aud": [CLIENT_ID, "another-client"]}},
        {"wrong": {"azp": "another-client"}},
        {"wrong": {"nonce": "of another sign-in"}},
        {"wrong": {"nonce": None}},
        {"wrong": {"exp": 1_600_000_000}},
        {"wrong": {"iat": 4_000_000_000}},
        {"wrong": {"sub": ""}},
        {"wrong": {"sub": None}},
        {"signed": "by another key"},
        {"signed": "with the client's secret"},
        {"signed": "by nobody"},
    ],
    ids=str,
)
async def test_an_id_token_that_is_not_for_us_for_this_sign_in_now_is_refused(
    provider: Provider, http: httpx.AsyncClient, ours: Client, decided: dict[str, Any]
) -> None:
    with pytest.raises(ProviderRefusedError):
        await _vouched(provider, http, ours, **decided)


async def test_a_code_is_worth_something_once_and_with_the_verifier_alone(
    provider: Provider, http: httpx.AsyncClient, ours: Client
) -> None:
    asks = OpenIDProvider(ours, http, SystemClock(), nothing_stops)
    code, nonce = await _code(provider, asks)
    with pytest.raises(ProviderRefusedError):
        await asks.vouch(code, nonce, secrets.token_urlsafe(32))
    assert await asks.vouch(code, nonce, VERIFIER) is not None
    with pytest.raises(ProviderRefusedError):
        await asks.vouch(code, nonce, VERIFIER)
    stranger = OpenIDProvider(
        replace(ours, client_secret="wrong"), http, SystemClock(), nothing_stops
    )
    with pytest.raises(ProviderRefusedError):
        await stranger.vouch(*await _code(provider, asks), VERIFIER)


@pytest.mark.promise("C7.3")
async def test_strong_authentication_is_required_where_it_is_configured(
    provider: Provider, http: httpx.AsyncClient, ours: Client
) -> None:
    for asked in (
        replace(ours, acr_values=("urn:other", "urn:mfa")),
        replace(ours, amr_values=("otp", "hwk")),
    ):
        assert await _vouched(provider, http, asked) is not None
        weak = {**CLAIMS, "acr": "urn:password", "amr": ["pwd"]}
        for claims in (weak, {"sub": "subject-1"}):
            with pytest.raises(WeakSignInError):
                await _vouched(provider, http, asked, claims=claims)


async def test_a_provider_that_is_away_or_says_it_is_another_is_not_believed(
    provider: Provider, http: httpx.AsyncClient, ours: Client
) -> None:
    asks = OpenIDProvider(ours, http, SystemClock(), nothing_stops)
    code, nonce = await _code(provider, asks)
    provider.decides(away=True)
    with pytest.raises(ProviderAwayError):
        await asks.vouch(code, nonce, VERIFIER)
    provider.decides(issuer="https://elsewhere.test")
    with pytest.raises(ProviderAwayError):
        await asks.address("state-1", "nonce-1", VERIFIER)
    gone = OpenIDProvider(
        replace(ours, issuer="http://127.0.0.1:1"), http, SystemClock(), nothing_stops
    )
    with pytest.raises(ProviderAwayError):
        await gone.address("state-1", "nonce-1", VERIFIER)
