"""A token that was changed anywhere, in any way, is nobody's."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.clock import FixedClock
from shared.http.auth import Role, Session
from shared.http.problems import UNAUTHENTICATED, ProblemError
from shared.settings import Settings
from shared.tokens import (
    GATEWAY,
    EndedSessions,
    PublicKeys,
    TokenIssuer,
    TokenVerifier,
    create_token_keys,
)

NOW = datetime(2025, 1, 12, 9, 30, tzinfo=UTC)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ "
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
CLAIMS = ["iss", "aud", "sub", "role", "sid", "auth_time", "iat", "nbf", "exp", "admin"]

Tokens = tuple[TokenVerifier, Callable[[], str]]


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Tokens:
    """Return the verifier of learning, and what issues a token that it accepts."""
    folder: Path = tmp_path_factory.mktemp("tokens")
    create_token_keys(folder / "secrets")
    clock = FixedClock(NOW)
    verifier = TokenVerifier(
        "learning", PublicKeys.of(Settings(data_dir=folder)), clock, EndedSessions(clock)
    )
    issuer = TokenIssuer(GATEWAY, folder / "secrets", clock)
    session = Session("session-1", NOW)
    return verifier, lambda: issuer.issue("learning", "subject-1", Role.LEARNER, session)


async def _is_nobodys(verifier: TokenVerifier, token: str) -> None:
    with pytest.raises(ProblemError) as refusal:
        await verifier.verify(token)
    assert refusal.value.problem is UNAUTHENTICATED


@settings(max_examples=400)
@given(data=st.data())
async def test_a_character_changed_taken_out_or_put_in(tokens: Tokens, data: st.DataObject) -> None:
    verifier, issue = tokens
    token = issue()
    assert (await verifier.verify(token)).subject
    place = data.draw(st.integers(0, len(token) - 1))
    put = data.draw(st.sampled_from(ALPHABET))
    kept = data.draw(st.integers(0, 1))
    taken = data.draw(st.integers(0, 1))
    changed = token[:place] + put * (1 - taken) + token[place + 1 - kept * (1 - taken) :]
    if changed != token:
        await _is_nobodys(verifier, changed)


@settings(max_examples=150)
@given(name=st.sampled_from(CLAIMS), value=JSON, part=st.integers(0, 1))
async def test_a_claim_or_header_of_ones_own_under_the_old_signature(
    tokens: Tokens, name: str, value: Any, part: int
) -> None:
    verifier, issue = tokens
    segments = issue().split(".")
    content = json.loads(base64.urlsafe_b64decode(segments[part] + "=="))
    named = name if part else {"iss": "kid", "aud": "typ", "sub": "alg"}.get(name, name)
    if content.get(named) == value:
        return
    written = json.dumps({**content, named: value}).encode()
    segments[part] = base64.urlsafe_b64encode(written).rstrip(b"=").decode()
    await _is_nobodys(verifier, ".".join(segments))


@settings(max_examples=150)
@given(text=st.text(max_size=200) | st.lists(st.text(ALPHABET, max_size=60)).map(".".join))
async def test_any_text(tokens: Tokens, text: str) -> None:
    await _is_nobodys(tokens[0], text)
