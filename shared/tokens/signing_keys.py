"""When which key of an issuer signs and is published: pure, by the clock alone.

A key is published before it signs, so that verifiers know it by then; it stays published after the
next one has taken over, until the last token it signed has expired.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from joserfc.jwk import OKPKey

from shared.tokens.issuers import ALGORITHM, LEEWAY, LIFETIME

AHEAD: Final = timedelta(minutes=5)
"""How long a key is published before it signs; verifiers look much more often."""
BEHIND: Final = LIFETIME + 2 * LEEWAY
"""How long a key is published after it signed last."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key and the instant from which it signs."""

    kid: str
    since: datetime
    private: OKPKey

    def public(self) -> dict[str, str]:
        """Return the public key as a JWK (RFC 8037)."""
        facts = self.private.as_dict(private=False)
        shape = {name: str(facts[name]) for name in ("kty", "crv", "x")}
        return {**shape, "use": "sig", "alg": ALGORITHM, "kid": self.kid}


def new_key(issuer: str, since: datetime) -> SigningKey:
    """Return a fresh key of `issuer`; its id is the issuer and the key's thumbprint (RFC 7638)."""
    private = OKPKey.generate_key("Ed25519", private=True)
    return SigningKey(key_id(issuer, private), since, private)


def key_id(issuer: str, key: OKPKey) -> str:
    """Return the `kid` of a key of `issuer`."""
    return f"{issuer}.{key.thumbprint()}"


def issuer_of(kid: str) -> str:
    """Return the issuer whose key `kid` would be."""
    return kid.partition(".")[0]


def signing(keys: Sequence[SigningKey], now: datetime) -> SigningKey:
    """Return the key of `keys`, in order, that signs at `now`; one that must not wait is first."""
    started = [key for key in keys if key.since <= now]
    return started[-1] if started else keys[0]


def published(keys: Sequence[SigningKey], now: datetime) -> tuple[SigningKey, ...]:
    """Return those of `keys`, in order, whose tokens may still be under way or to come at `now`."""
    spent = sum(successor.since + BEHIND <= now for successor in keys[1:])
    return tuple(keys[spent:])


def awaited(keys: Sequence[SigningKey], now: datetime) -> SigningKey | None:
    """Return the key that is published and does not sign yet, if there is one."""
    last = keys[-1]
    return last if last is not signing(keys, now) else None


def is_due(keys: Sequence[SigningKey], now: datetime, age: timedelta) -> bool:
    """Whether the newest key has signed for `age`, so that another one is to follow."""
    return keys[-1].since + age <= now
