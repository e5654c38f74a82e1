"""The signing keys of one issuer in the folder of secrets, shared by the issuer's replicas.

Two files: the private keys, for the issuer alone, and the public ones (JWKS), for everybody.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from shared.settings import ConfigurationError
from shared.tokens.issuers import ISSUERS
from shared.tokens.signing_keys import (
    AHEAD,
    SigningKey,
    awaited,
    is_due,
    key_id,
    new_key,
    published,
)
from shared.vault.keyring import write_secret

FOLDER: Final = "tokens"
FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""From when a first key signs: at once, by any clock."""


def create_token_keys(secrets_dir: Path) -> None:
    """Create in `secrets_dir` the signing keys of every issuer that has none."""
    for issuer in ISSUERS:
        KeyFile(secrets_dir, issuer).create()


def jwks_file(secrets_dir: Path, issuer: str) -> Path:
    """Return the file with the public keys of `issuer`."""
    return secrets_dir / FOLDER / f"{issuer}.jwks.json"


class KeyFile:
    """Reads and replaces an issuer's keys; only who holds the private ones can."""

    def __init__(self, secrets_dir: Path, issuer: str) -> None:
        self.issuer = issuer
        self.path = secrets_dir / FOLDER / f"{issuer}.json"
        self.public_path = jwks_file(secrets_dir, issuer)

    def create(self) -> None:
        """Create a first key unless there is one."""
        if self.path.exists():
            return
        with self._alone():
            if not self.path.exists():
                self._write([new_key(self.issuer, FIRST)])

    def read(self) -> tuple[SigningKey, ...]:
        """Return the keys, the oldest first.

        Raises:
            ConfigurationError: they are missing or malformed.
        """
        try:
            rows = json.loads(self.path.read_text())["keys"]
            keys = tuple(_signing_key(self.issuer, row) for row in rows)
        except (OSError, ValueError, KeyError, TypeError, JoseError) as error:
            raise ConfigurationError(
                f"CARIONEXIQ_DATA_DIR: no usable token keys at {self.path}"
            ) from error
        if not keys:
            raise ConfigurationError(f"CARIONEXIQ_DATA_DIR: no token keys at {self.path}")
        return keys

    def rotate(self, now: datetime) -> SigningKey:
        """Publish a next key that takes over in `AHEAD`; return it, or the one that waits already.

        Raises:
            ConfigurationError: the present keys are missing or malformed.
        """
        with self._alone():
            keys = self.read()
            waiting = awaited(keys, now)
            if waiting is not None:
                return waiting
            return self._append(keys, now, now + AHEAD)

    def replace(self, now: datetime) -> SigningKey:
        """Destroy every key and sign with a new one from now on: for keys that somebody stole."""
        with self._alone():
            key = new_key(self.issuer, now)
            self._write([key])
            return key

    def keep_current(self, now: datetime, age: timedelta) -> SigningKey | None:
        """Destroy keys that are no longer needed, and publish a next one when it is due by `age`.

        Returns:
            The key that was published now, if any.

        Raises:
            ConfigurationError: the present keys are missing or malformed.
        """
        keys = self.read()
        if len(published(keys, now)) == len(keys) and not is_due(keys, now, age):
            return None
        with self._alone():
            keys = self.read()
            if is_due(keys, now, age):
                return self._append(keys, now, now + AHEAD)
            self._write(published(keys, now))
            return None

    def _append(self, keys: Sequence[SigningKey], now: datetime, since: datetime) -> SigningKey:
        key = new_key(self.issuer, since)
        self._write([*published(keys, now), key])
        return key

    def _write(self, keys: Sequence[SigningKey]) -> None:
        # Published first: whatever signs is known.
        public = [key.public() for key in keys]
        write_secret(self.public_path, json.dumps({"keys": public}))
        private = [_row(key) for key in keys]
        write_secret(self.path, json.dumps({"keys": private}))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from changing the keys meanwhile."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.path.parent / f"{self.issuer}.lock"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _row(key: SigningKey) -> dict[str, Any]:
    jwk = {name: key.private.as_dict(private=True)[name] for name in ("kty", "crv", "x", "d")}
    return {"since": key.since.isoformat(), "jwk": jwk}


def _signing_key(issuer: str, row: dict[str, Any]) -> SigningKey:
    private = OKPKey.import_key(row["jwk"])
    return SigningKey(key_id(issuer, private), datetime.fromisoformat(row["since"]), private)
