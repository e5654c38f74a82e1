"""What tells one request from another, so that a repetition is recognised: digests, never content.

A client names a request with an `Idempotency-Key`. What is stored with the commit that the request
leads to is a digest of who asked what under which key, and a fingerprint of the body under that
key: the key, which nobody stores, keeps the fingerprint from being guessed at.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from shared.ids import new_id

if TYPE_CHECKING:
    from shared.event_store import Commit

FIRST_IDS: Final = UUID("0198c0de-0000-7000-8000-00000000f125")
"""Name space of the ids that requests with a key give to what they create."""


@dataclass(frozen=True, slots=True)
class RequestIdentity:
    """One request to change something; without a key it is like no other."""

    command_id: str | None = None
    """Digest of who asked, for what, under which key."""
    fingerprint: str | None = None
    """Digest of the body, keyed with the client's key."""
    earlier: "Commit | None" = None
    """What the same request has led to already."""

    def first_id(self, of: str = "") -> str:
        """Return the id of what the request creates: the same again for its repetition.

        Args:
            of: names one of several things that the same request creates.
        """
        return first_id(self.command_id, self.fingerprint, of)


def first_id(command_id: str | None, fingerprint: str | None, of: str = "") -> str:
    """Return the id of what the command `command_id` creates, the same for its repetition.

    What is sealed for a thing before the attempt fails is sealed again with the key of the same
    thing: otherwise a key would remain of something that never came about. A command without an id
    is like no other.
    """
    if command_id is None:
        return new_id()
    return str(uuid5(FIRST_IDS, f"{command_id}:{fingerprint}" + (of and f":{of}")))


def identity_of(subject: str, method: str, path: str, key: str, body: bytes) -> RequestIdentity:
    """Return the identity of the request that `subject` sent under `key`."""
    named = json.dumps([subject, method, path, key]).encode()
    return RequestIdentity(
        command_id=f"request:{hashlib.sha256(named).hexdigest()}",
        fingerprint=hmac.new(key.encode(), body, hashlib.sha256).hexdigest(),
    )
