"""Signing tokens: one issuer, one service, one minute."""

from pathlib import Path
from typing import Final

from joserfc import jwt

from shared.clock import Clock
from shared.http.auth import Role, Session
from shared.http.proof import claims_of
from shared.tokens.issuers import ALGORITHM, LIFETIME, TYPE
from shared.tokens.key_file import KeyFile
from shared.tokens.signing_keys import SigningKey, signing

ALGORITHMS: Final = (ALGORITHM,)


class TokenIssuer:
    """Signs tokens as one issuer, with the key that its turn it is."""

    def __init__(self, issuer: str, secrets_dir: Path, clock: Clock) -> None:
        """Read the private keys of `issuer` in `secrets_dir`.

        Raises:
            ConfigurationError: they are missing or malformed.
        """
        self._issuer = issuer
        self._file = KeyFile(secrets_dir, issuer)
        self._clock = clock
        self._read_at = self._stamp()
        self._keys = self._file.read()

    def issue(self, audience: str, subject: str, role: Role, session: Session | None = None) -> str:
        """Return the token by which the service `audience`, no other, recognises the caller.

        Args:
            audience: name of the service.
            subject: opaque id of the person; nothing else of a person is in a token.
            role: the role acted in.
            session: the session that the request belongs to, if somebody is signed in.

        Raises:
            ConfigurationError: the keys have been replaced by something that is none.
        """
        now = self._clock.now()
        issued = int(now.timestamp())
        claims: dict[str, str | int | float] = {
            "iss": self._issuer,
            "aud": audience,
            "sub": subject,
            "role": str(role),
            "iat": issued,
            "nbf": issued,
            "exp": issued + int(LIFETIME.total_seconds()),
        }
        if session is not None:
            claims |= {"sid": session.id, "auth_time": session.started_at.timestamp()}
            claims |= claims_of(session.proof)
            if session.suspends_at is not None:
                claims["suspends_at"] = int(session.suspends_at.timestamp())
        key = signing(self._current_keys(), now)
        header = {"alg": ALGORITHM, "typ": TYPE, "kid": key.kid}
        return jwt.encode(header, claims, key.private, algorithms=ALGORITHMS)

    def _current_keys(self) -> tuple[SigningKey, ...]:
        # A look at the file's name costs microseconds; a signal would have to reach all replicas.
        stamp = self._stamp()
        if stamp is not None and stamp != self._read_at:
            self._keys, self._read_at = self._file.read(), stamp
        return self._keys

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = self._file.path.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns
