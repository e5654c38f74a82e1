"""Tokens between gateway and services: short-lived, signed, for this audience only."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.clock import FixedClock
from shared.http.auth import Role, TokenIssuer, TokenVerifier, create_token_keys
from shared.http.problems import ProblemError
from shared.settings import ConfigurationError

NOW = datetime(2025, 1, 12, 9, 30, tzinfo=UTC)


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    create_token_keys(tmp_path)
    return tmp_path


def test_a_token_speaks_for_its_subject_for_one_minute(secrets: Path) -> None:
    clock = FixedClock(NOW)
    token = TokenIssuer(secrets, clock).issue("subject-1", Role.TRAINER)
    verifier = TokenVerifier(secrets, clock)
    assert verifier.verify(token).subject == "subject-1"
    assert verifier.verify(token).role is Role.TRAINER
    clock.move_to(NOW + timedelta(seconds=60))
    with pytest.raises(ProblemError):
        verifier.verify(token)


def test_a_token_of_another_key_is_refused(secrets: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    create_token_keys(other)
    clock = FixedClock(NOW)
    token = TokenIssuer(other, clock).issue("subject-1", Role.DPO)
    with pytest.raises(ProblemError):
        TokenVerifier(secrets, clock).verify(token)


@pytest.mark.parametrize("change", ["", "not a token", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
def test_anything_else_is_refused(secrets: Path, change: str) -> None:
    with pytest.raises(ProblemError):
        TokenVerifier(secrets, FixedClock(NOW)).verify(change)


def test_existing_keys_are_kept(secrets: Path) -> None:
    token = TokenIssuer(secrets, FixedClock(NOW)).issue("subject-1", Role.LEARNER)
    create_token_keys(secrets)
    assert TokenVerifier(secrets, FixedClock(NOW)).verify(token).subject == "subject-1"


def test_private_keys_are_readable_by_their_owner_alone(secrets: Path) -> None:
    assert (secrets / "gateway-token.key.pem").stat().st_mode & 0o777 == 0o600


def test_missing_keys_are_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        TokenVerifier(tmp_path, FixedClock(NOW))
