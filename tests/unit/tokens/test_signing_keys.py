"""Which key signs and which are published: no token is ever under a key that nobody knows."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.settings import ConfigurationError
from shared.tokens import GATEWAY, KeyFile
from shared.tokens.issuers import LIFETIME
from shared.tokens.key_file import FIRST
from shared.tokens.signing_keys import (
    AHEAD,
    BEHIND,
    awaited,
    issuer_of,
    new_key,
    published,
    signing,
)

NOW = datetime(2025, 1, 12, 9, 30, tzinfo=UTC)
AGE = timedelta(days=30)
A_SECOND = timedelta(seconds=1)


@pytest.fixture
def keys(tmp_path: Path) -> KeyFile:
    file = KeyFile(tmp_path, GATEWAY)
    file.create()
    return file


def test_a_first_key_signs_at_once_by_any_clock(keys: KeyFile) -> None:
    (only,) = keys.read()
    assert only.since == FIRST
    assert signing(keys.read(), FIRST - timedelta(days=9)) == only
    assert issuer_of(only.kid) == GATEWAY


def test_a_next_key_is_published_before_it_signs_and_the_last_one_until_its_tokens_expired(
    keys: KeyFile,
) -> None:
    (old,) = keys.read()
    new = keys.rotate(NOW)
    both = keys.read()
    assert awaited(both, NOW) == new
    takes_over = NOW + AHEAD
    assert signing(both, takes_over - A_SECOND) == old
    assert signing(both, takes_over) == new
    assert [one.kid for one in published(both, takes_over + LIFETIME)] == [old.kid, new.kid]
    assert [one.kid for one in published(both, takes_over + BEHIND)] == [new.kid]


def test_whatever_may_sign_now_or_signed_within_the_life_of_a_token_is_published() -> None:
    line = [new_key(GATEWAY, NOW + n * AHEAD) for n in range(4)]
    for seconds in range(0, 1500, 7):
        now = NOW + timedelta(seconds=seconds)
        shown = {one.kid for one in published(line, now)}
        assert signing(line, now).kid in shown
        assert signing(line, now - LIFETIME).kid in shown
        assert signing(line, now + AHEAD).kid in shown


def test_asked_twice_there_is_one_next_key(keys: KeyFile) -> None:
    assert keys.rotate(NOW).kid == keys.rotate(NOW + A_SECOND).kid
    assert len(keys.read()) == 2


def test_a_key_is_followed_by_age_and_destroyed_when_spent(keys: KeyFile) -> None:
    first = keys.keep_current(NOW, AGE)
    assert first is not None
    assert keys.keep_current(NOW + A_SECOND, AGE) is None
    assert len(keys.read()) == 2
    assert keys.keep_current(NOW + AHEAD + BEHIND, AGE) is None
    assert [one.kid for one in keys.read()] == [first.kid]
    assert "1970" not in keys.path.read_text()
    assert keys.keep_current(NOW + AHEAD + AGE - A_SECOND, AGE) is None
    assert keys.keep_current(NOW + AHEAD + AGE, AGE) is not None


def test_a_stolen_key_is_replaced_at_once(keys: KeyFile) -> None:
    (stolen,) = keys.read()
    new = keys.replace(NOW)
    assert [one.kid for one in keys.read()] == [new.kid]
    assert signing(keys.read(), NOW) == new
    assert stolen.kid not in keys.public_path.read_text()


def test_private_keys_are_readable_by_their_owner_alone_and_never_published(
    keys: KeyFile,
) -> None:
    assert keys.path.stat().st_mode & 0o777 == 0o600
    assert '"d"' in keys.path.read_text()
    assert '"d"' not in keys.public_path.read_text()


def test_existing_keys_are_kept(keys: KeyFile) -> None:
    before = keys.read()
    keys.create()
    assert keys.read() == before


@pytest.mark.parametrize("content", ["", "{}", '{"keys": []}', '{"keys": [{"since": "x"}]}'])
def test_keys_that_cannot_be_used_are_told_in_one_line(keys: KeyFile, content: str) -> None:
    keys.path.write_text(content)
    with pytest.raises(ConfigurationError, match="token keys at"):
        keys.read()
