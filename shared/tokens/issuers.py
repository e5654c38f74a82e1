"""Who may issue tokens, and what they may say: each issuer has signing keys of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from shared.http.auth import Role

ALGORITHM: Final = "Ed25519"
TYPE: Final = "caller+jwt"
"""`typ` of our tokens, so that no other kind of JWT is taken for one (RFC 8725, 3.11)."""
LIFETIME: Final = timedelta(minutes=1)
LEEWAY: Final = timedelta(seconds=5)
"""By how much the clocks of two machines may differ."""

GATEWAY: Final = "gateway"
OPERATOR: Final = "operator"


@dataclass(frozen=True, slots=True)
class Powers:
    """What an issuer's tokens are believed to say."""

    roles: frozenset[Role]
    in_session: bool
    """Whether they speak for somebody whose session they have to name."""


ISSUERS: Final[Mapping[str, Powers]] = {
    GATEWAY: Powers(frozenset(Role) - {Role.SYSTEM}, in_session=True),
    OPERATOR: Powers(frozenset({Role.SYSTEM}), in_session=False),
}
"""A service that is to call another one gets a row, keys and so an identity of its own."""
