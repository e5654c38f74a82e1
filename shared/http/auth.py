"""Who asks: short-lived signed tokens between the gateway and the services (Ed25519, RFC 9864)."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from fastapi import Depends, Header, Request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from shared.clock import Clock
from shared.events.base import SubjectId
from shared.http.problems import UNAUTHENTICATED, ProblemError
from shared.settings import ConfigurationError
from shared.vault.keyring import write_secret

ALGORITHM: Final = "Ed25519"
LIFETIME: Final = timedelta(seconds=60)
AUDIENCE: Final = "carionexiq-services"
PRIVATE_KEY: Final = "gateway-token.key.pem"
PUBLIC_KEY: Final = "gateway-token.pub.pem"


class Role(StrEnum):
    """Roles of C4.1, the learner, and the system itself."""

    LEARNER = "learner"
    TRAINER = "trainer"
    COUNSELLOR = "counsellor"
    SUPPORT = "support"
    BILLING = "billing"
    SPEAKER = "speaker"
    DPO = "dpo"
    SECURITY = "security"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


STAFF_ROLES: Final = frozenset(Role) - {Role.LEARNER, Role.SYSTEM}


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated caller."""

    subject: SubjectId
    role: Role


def create_token_keys(folder: Path) -> None:
    """Create the gateway's signing key pair in `folder` unless it is there."""
    private = folder / PRIVATE_KEY
    if private.exists():
        return
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    write_secret(folder / PUBLIC_KEY, public.decode())
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_secret(private, secret.decode())


def _read_key(path: Path) -> OKPKey:
    try:
        return OKPKey.import_key(path.read_bytes())
    except (OSError, ValueError, JoseError) as error:
        raise ConfigurationError(f"CARIONEXIQ_DATA_DIR: no usable token key at {path}") from error


class TokenIssuer:
    """Signs tokens; only the gateway and the operator's command line hold the private key."""

    def __init__(self, secrets_dir: Path, clock: Clock) -> None:
        """Read the private key in `secrets_dir`.

        Raises:
            ConfigurationError: it is missing or malformed.
        """
        self._key = _read_key(secrets_dir / PRIVATE_KEY)
        self._clock = clock

    def issue(self, subject: str, role: Role) -> str:
        """Return a token by which services recognise `subject` in `role` for one minute."""
        now = self._clock.now()
        claims = {
            "aud": AUDIENCE,
            "sub": subject,
            "role": str(role),
            "iat": int(now.timestamp()),
            "exp": int((now + LIFETIME).timestamp()),
        }
        return jwt.encode({"alg": ALGORITHM}, claims, self._key, algorithms=[ALGORITHM])


class TokenVerifier:
    """Checks tokens with the gateway's public key."""

    def __init__(self, secrets_dir: Path, clock: Clock) -> None:
        """Read the public key in `secrets_dir`.

        Raises:
            ConfigurationError: it is missing or malformed.
        """
        self._key = _read_key(secrets_dir / PUBLIC_KEY)
        self._clock = clock

    def verify(self, token: str) -> Principal:
        """Return who the token speaks for.

        Raises:
            ProblemError: the token is malformed, forged, foreign or expired (401).
        """
        try:
            claims = jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims
            expires = int(claims["exp"])
            principal = Principal(SubjectId(str(claims["sub"])), Role(claims["role"]))
        except (JoseError, KeyError, ValueError, TypeError) as error:
            raise ProblemError(UNAUTHENTICATED) from error
        if claims.get("aud") != AUDIENCE or self._clock.now().timestamp() >= expires:
            raise ProblemError(UNAUTHENTICATED)
        return principal


async def authenticated(
    request: Request, authorization: Annotated[str | None, Header()] = None
) -> Principal:
    """Return the caller; 401 without a valid token.

    Who may call what is not decided here: `shared.http.authorised` stands before every endpoint.
    """
    known: Principal | None = getattr(request.state, "principal", None)
    if known is not None:
        return known
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise ProblemError(UNAUTHENTICATED)
    verifier: TokenVerifier = request.app.state.token_verifier
    principal = verifier.verify(token)
    request.state.principal = principal
    return principal


Caller = Annotated[Principal, Depends(authenticated)]
"""Who calls, in a role that the table of rights lets pass here."""
