"""Tokens: of whom, for which service, for how long; anything else is refused."""

import base64
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from shared.clock import FixedClock
from shared.http.auth import Role, Session
from shared.http.problems import SESSION_ENDED, UNAUTHENTICATED, ProblemError
from shared.settings import ConfigurationError, Settings
from shared.tokens import (
    GATEWAY,
    OPERATOR,
    EndedSessions,
    KeyFile,
    PublicKeys,
    TokenIssuer,
    TokenVerifier,
    create_token_keys,
    verify,
)
from shared.tokens.issuers import LEEWAY, LIFETIME, TYPE
from shared.topics import SERVICES
from tests.callers import Callers
from tests.unit.tokens.conftest import NOW

VerifierOf = Callable[[str], TokenVerifier]
SESSION = Session("session-1", NOW - timedelta(hours=1))


async def _refused(verifier: TokenVerifier, token: str) -> str:
    with pytest.raises(ProblemError) as refusal:
        await verifier.verify(token)
    assert refusal.value.problem.status == 401
    return refusal.value.problem.code


@pytest.fixture
def gateway(secrets: Path, clock: FixedClock) -> TokenIssuer:
    return TokenIssuer(GATEWAY, secrets, clock)


@pytest.fixture
def forged(secrets: Path) -> Callable[..., str]:
    """Return what signs any claims and header with the gateway's own key."""
    (key,) = KeyFile(secrets, GATEWAY).read()
    issued = int(NOW.timestamp())
    usual = {
        "iss": GATEWAY,
        "aud": "learning",
        "sub": "subject-1",
        "role": "trainer",
        "sid": "session-1",
        "auth_time": issued,
        "iat": issued,
        "nbf": issued,
        "exp": issued + 60,
    }

    def sign(*, header: dict[str, Any] | None = None, **changed: Any) -> str:
        claims = {name: value for name, value in {**usual, **changed}.items() if value is not None}
        head = {"alg": "Ed25519", "typ": TYPE, "kid": key.kid, **(header or {})}
        return jwt.encode(head, claims, key.private, algorithms=["Ed25519"])

    return sign


async def test_a_token_names_subject_role_and_session_for_one_minute(
    gateway: TokenIssuer, verifier_of: VerifierOf, clock: FixedClock
) -> None:
    token = gateway.issue("learning", "subject-1", Role.TRAINER, SESSION)
    caller = await verifier_of("learning").verify(token)
    assert (caller.subject, caller.role, caller.session) == ("subject-1", Role.TRAINER, SESSION)
    clock.move_to(NOW + LIFETIME + LEEWAY)
    assert await _refused(verifier_of("learning"), token) == UNAUTHENTICATED.code


@pytest.mark.promise("C4.2", "C7.1")
@pytest.mark.parametrize("service", SERVICES)
async def test_a_token_of_one_service_is_useless_at_every_other(
    gateway: TokenIssuer, verifier_of: VerifierOf, service: str
) -> None:
    token = gateway.issue(service, "subject-1", Role.DPO, SESSION)
    for other in set(SERVICES) - {service}:
        await _refused(verifier_of(other), token)
    assert (await verifier_of(service).verify(token)).subject


async def test_an_issuer_speaks_for_its_own_roles_alone(
    secrets: Path, clock: FixedClock, verifier_of: VerifierOf
) -> None:
    system = TokenIssuer(GATEWAY, secrets, clock).issue("learning", "x", Role.SYSTEM, SESSION)
    await _refused(verifier_of("learning"), system)
    officer = TokenIssuer(OPERATOR, secrets, clock).issue("learning", "x", Role.DPO, SESSION)
    await _refused(verifier_of("learning"), officer)
    operator = Callers(secrets, clock).token("learning", "operator", Role.SYSTEM)
    assert (await verifier_of("learning").verify(operator)).session is None


@pytest.mark.promise("C7.1", "C8.1")
def test_a_token_holds_ids_and_instants_alone(gateway: TokenIssuer) -> None:
    token = gateway.issue("learning", "subject-1", Role.LEARNER, SESSION)
    head, claims, _ = token.split(".")
    assert _read(head).keys() == {"alg", "typ", "kid"}
    named = {"iss", "aud", "sub", "role", "sid", "auth_time", "iat", "nbf", "exp"}
    assert _read(claims).keys() == named


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": OPERATOR},
        {"aud": ["learning"]},
        {"aud": ["learning", "identity"]},
        {"aud": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"role": "system"},
        {"role": "root"},
        {"role": None},
        {"sid": None},
        {"sid": ""},
        {"auth_time": None},
        {"auth_time": "yesterday"},
        {"auth_time": 1e300},
        {"exp": None},
        {"exp": "never"},
        {"exp": True},
        {"nbf": None},
        {"iat": None},
        {"exp": int(NOW.timestamp()) - 60},
        {"exp": int(NOW.timestamp()) + 86_400},
        {"nbf": int(NOW.timestamp()) + 60},
        {"iat": int(NOW.timestamp()) + 60, "exp": int(NOW.timestamp()) + 100},
        {"header": {"typ": "JWT"}},
        {"header": {"kid": "gateway.unknown"}},
        {"header": {"kid": "nobody.x"}},
        {"header": {"cty": "JWT"}},
    ],
)
async def test_claims_that_are_not_exactly_ours_are_refused_though_rightly_signed(
    forged: Callable[..., str], verifier_of: VerifierOf, changed: dict[str, Any]
) -> None:
    assert (await verifier_of("learning").verify(forged())).subject
    assert await _refused(verifier_of("learning"), forged(**changed)) == UNAUTHENTICATED.code


async def test_no_other_algorithm_is_ever_tried(
    secrets: Path, forged: Callable[..., str], verifier_of: VerifierOf
) -> None:
    (key,) = KeyFile(secrets, GATEWAY).read()
    head, payload, signature = forged().split(".")
    learning = verifier_of("learning")
    for algorithm in ("none", "None", "HS256", "EdDSA", "RS256", "Ed448"):
        other = {"alg": algorithm, "typ": TYPE, "kid": key.kid}
        for ending in ("", signature):
            await _refused(learning, f"{_written(other)}.{payload}.{ending}")
    # The public key taken for a shared secret (RFC 8725, 2.1).
    known = OctKey.import_key(key.public()["x"])
    confused = jwt.encode(
        {"alg": "HS256", "typ": TYPE, "kid": key.kid}, _read(payload), known, algorithms=["HS256"]
    )
    await _refused(learning, confused)
    # A key that the token brings along.
    mine = OKPKey.generate_key("Ed25519")
    for extra in ({}, {"jwk": mine.as_dict(private=False)}, {"jku": "https://evil.test/jwks"}):
        brought = {**_read(head), **extra}
        token = jwt.encode(brought, _read(payload), mine, algorithms=["Ed25519"])
        await _refused(learning, token)


@pytest.mark.promise("C7.1")
async def test_a_token_of_another_installation_is_refused_and_not_logged(
    tmp_path: Path,
    clock: FixedClock,
    verifier_of: VerifierOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = Mock()
    monkeypatch.setattr(verify, "log", log)
    create_token_keys(tmp_path / "other")
    token = Callers(tmp_path / "other", clock).token("learning", "subject-1", Role.DPO)
    await _refused(verifier_of("learning"), token)
    logged = str(log.mock_calls)
    assert "a key that nobody published" in logged
    assert [part for part in (*token.split("."), "subject-1") if part in logged] == []


@pytest.mark.parametrize(
    "text", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "é.é.é", "." * 9, "a" * 3000]
)
async def test_what_is_no_token_is_refused(verifier_of: VerifierOf, text: str) -> None:
    await _refused(verifier_of("learning"), text)


async def test_a_signature_is_written_in_one_way_alone(
    gateway: TokenIssuer, verifier_of: VerifierOf
) -> None:
    token = gateway.issue("learning", "subject-1", Role.TRAINER, SESSION)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    place = alphabet.index(token[-1])
    # The last character's lower four bits decode to nothing.
    others = [alphabet[place ^ bits] for bits in range(1, 16)]
    for other in (*others, token[-1] + "=", token[-1] + "==", token[-1] + "\n"):
        await _refused(verifier_of("learning"), token[:-1] + other)


async def test_a_token_of_a_session_that_has_ended_is_refused_though_it_has_not_expired(
    gateway: TokenIssuer, verifier_of: VerifierOf, ended: EndedSessions
) -> None:
    token = gateway.issue("learning", "subject-1", Role.TRAINER, SESSION)
    assert (await verifier_of("learning").verify(token)).subject
    ended._end("subject-1", session=SESSION.id)
    assert await _refused(verifier_of("learning"), token) == SESSION_ENDED.code


def test_missing_keys_are_a_configuration_error(tmp_path: Path, clock: FixedClock) -> None:
    with pytest.raises(ConfigurationError, match="CARIONEXIQ_DATA_DIR"):
        PublicKeys.of(Settings(data_dir=tmp_path))
    with pytest.raises(ConfigurationError, match="CARIONEXIQ_DATA_DIR"):
        TokenIssuer(GATEWAY, tmp_path, clock)


async def test_keys_are_changed_while_requests_go_on_and_none_is_refused(
    secrets: Path, gateway: TokenIssuer, verifier_of: VerifierOf, clock: FixedClock
) -> None:
    file, learning = KeyFile(secrets, GATEWAY), verifier_of("learning")
    used: set[Any] = set()
    last = gateway.issue("learning", "subject-1", Role.TRAINER, SESSION)
    for seconds in range(0, 1200, 20):
        clock.move_to(NOW + timedelta(seconds=seconds))
        if seconds in {100, 600}:
            file.rotate(clock.now())
        file.keep_current(clock.now(), timedelta(days=36_500))
        assert (await learning.verify(last)).subject, seconds
        last = gateway.issue("learning", "subject-1", Role.TRAINER, SESSION)
        used.add(_read(last.split(".")[0])["kid"])
        assert (await learning.verify(last)).subject, seconds
    assert len(used) == 3
    assert len(file.read()) == 1


def _read(segment: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(segment + "=="))
    return found


def _written(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def test_the_clock_of_a_session_survives_the_token(gateway: TokenIssuer) -> None:
    started = datetime.fromisoformat("2025-01-12T09:29:59.123+00:00")
    token = gateway.issue("learning", "subject-1", Role.TRAINER, Session("s", started))
    assert (
        datetime.fromtimestamp(_read(token.split(".")[1])["auth_time"], started.tzinfo) == started
    )
