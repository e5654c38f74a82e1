"""The list of what services composed, whose hash is what a second person agrees to."""

import json
from collections.abc import Iterable
from hashlib import sha256

from services.identity.domain.demand.events import Part


def list_digest(parts: Iterable[Part]) -> str:
    """Return the SHA-256 of the services with the hash of each part: no value can be another."""
    listed = sorted([part.service, part.sha256, part.size] for part in parts)
    return sha256(json.dumps(listed, separators=(",", ":")).encode()).hexdigest()
