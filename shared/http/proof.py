"""How somebody signed in has shown who they are, and when last: claims of the gateway's tokens.

`acr` is OpenID Connect's, with `mfa` for two factors and `pwd` for one; `proven_at` says when.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

TWO_FACTORS: Final = "mfa"
ONE_FACTOR: Final = "pwd"


@dataclass(frozen=True, slots=True)
class Proof:
    """What a session rests on."""

    at: datetime
    """When its owner last showed who they are."""
    strong: bool
    """Whether by two factors, or a passkey that verifies its user."""


def claims_of(proof: Proof | None) -> dict[str, str | int | float]:
    """Return `proof` as claims; none where nothing is known."""
    if proof is None:
        return {}
    acr = TWO_FACTORS if proof.strong else ONE_FACTOR
    return {"proven_at": int(proof.at.timestamp()), "acr": acr}


def proof_of(claims: Mapping[str, Any]) -> Proof | None:
    """Return what `claims` say, `None` where they say nothing.

    Raises:
        ValueError: they are malformed.
        TypeError: they are malformed.
    """
    if "proven_at" not in claims:
        return None
    at = datetime.fromtimestamp(int(claims["proven_at"]), UTC)
    return Proof(at, claims.get("acr") == TWO_FACTORS)
