"""Issuers and a verifier over keys in a folder, by a clock that tests move."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.clock import FixedClock
from shared.settings import Settings
from shared.tokens import EndedSessions, PublicKeys, TokenVerifier, create_token_keys

NOW = datetime(2025, 1, 12, 9, 30, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    create_token_keys(tmp_path / "secrets")
    return tmp_path / "secrets"


@pytest.fixture
def ended(clock: FixedClock) -> EndedSessions:
    return EndedSessions(clock)


@pytest.fixture
def verifier_of(
    secrets: Path, clock: FixedClock, ended: EndedSessions
) -> Callable[[str], TokenVerifier]:
    """Return the verifier of a service."""
    keys = PublicKeys.of(Settings(data_dir=secrets.parent), steady=lambda: clock.now().timestamp())
    return lambda service: TokenVerifier(service, keys, clock, ended)
