"""Checking tokens: whose key, for whom, by whom, when, and whether the session has ended since."""

import json
from datetime import UTC, datetime
from typing import Any, Final, NoReturn

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jws import CompactSignature, JWSRegistry
from joserfc.jwt import JWTClaimsRegistry

from shared import telemetry
from shared.clock import Clock
from shared.events.base import SubjectId
from shared.http.auth import Principal, Role, Session
from shared.http.problems import SESSION_ENDED, UNAUTHENTICATED, ProblemError
from shared.http.proof import proof_of
from shared.tokens.ended import EndedSessions
from shared.tokens.issuers import ALGORITHM, ISSUERS, LEEWAY, LIFETIME, TYPE
from shared.tokens.jwks import PublicKeys
from shared.tokens.signing_keys import issuer_of

LONGEST: Final = 2_048
HEADER: Final = frozenset({"alg", "typ", "kid"})
"""All that a header holds: nothing that names other keys, other rules or other ways to read it."""
ONLY_OURS: Final = JWSRegistry(algorithms=(ALGORITHM,))

log = telemetry.logger(__name__)


class RefusedError(Exception):
    """A token is not one of ours; the message names the defect, never the content."""


class TokenVerifier:
    """Recognises callers of one service."""

    def __init__(self, service: str, keys: PublicKeys, clock: Clock, ended: EndedSessions) -> None:
        """Recognise callers of `service` by `keys`, unless their session is among those `ended`."""
        self._service = service
        self._keys = keys
        self._clock = clock
        self._ended = ended

    async def verify(self, token: str) -> Principal:
        """Return who the token speaks for.

        Raises:
            ProblemError: it is malformed, forged, foreign or expired, or its session has ended
                (401); or the issuer's keys cannot be had (503).
        """
        try:
            issuer, signed = await self._signed(token)
            principal = self._caller(issuer, signed.payload)
        except RefusedError as error:
            _refuse(str(error))
        except (JoseError, KeyError, ValueError, TypeError, OverflowError, RecursionError) as error:
            _refuse(type(error).__name__)
        if self._ended.is_over(principal):
            raise ProblemError(SESSION_ENDED)
        return principal

    async def _signed(self, token: str) -> tuple[str, CompactSignature]:
        """Return the issuer and the content of a token whose signature is right."""
        if len(token) > LONGEST:
            raise RefusedError("too long")
        signed = jws.extract_compact(token.encode("ascii"))
        header = signed.headers()
        if header.keys() != HEADER or (header["alg"], header["typ"]) != (ALGORITHM, TYPE):
            raise RefusedError("not a header of ours")
        kid = header["kid"]
        if not isinstance(kid, str):
            raise RefusedError("no key is named")
        issuer = issuer_of(kid)
        key = await self._keys.find(issuer, kid)
        if key is None:
            raise RefusedError("a key that nobody published")
        if not jws.validate_compact(signed, key, registry=ONLY_OURS):
            raise RefusedError("not signed with this key")
        return issuer, signed

    def _caller(self, issuer: str, payload: bytes) -> Principal:
        claims = json.loads(payload)
        if not isinstance(claims, dict) or not isinstance(claims.get("aud"), str):
            raise RefusedError("no claims for one service")
        powers = ISSUERS[issuer]
        registry = JWTClaimsRegistry(
            now=int(self._clock.now().timestamp()),
            leeway=int(LEEWAY.total_seconds()),
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": self._service},
            sub={"essential": True},
            role={"essential": True, "values": [str(role) for role in powers.roles]},
            iat={"essential": True},
            nbf={"essential": True},
            exp={"essential": True},
        )
        registry.validate(claims)
        if claims["exp"] - claims["iat"] > LIFETIME.total_seconds():
            raise RefusedError("it would live too long")
        session = _session(claims) if powers.in_session else None
        return Principal(SubjectId(claims["sub"]), Role(claims["role"]), session)


def _session(claims: dict[str, Any]) -> Session:
    started_at = datetime.fromtimestamp(claims["auth_time"], UTC)
    session_id = claims["sid"]
    if not isinstance(session_id, str) or not session_id:
        raise RefusedError("no session")
    suspends_at = (
        datetime.fromtimestamp(claims["suspends_at"], UTC) if "suspends_at" in claims else None
    )
    return Session(session_id, started_at, proof_of(claims), suspends_at)


def _refuse(reason: str) -> NoReturn:
    # The defect is logged in words of ours, never the token or a part of it.
    log.warning("token refused", reason=reason)
    raise ProblemError(UNAUTHENTICATED) from None
