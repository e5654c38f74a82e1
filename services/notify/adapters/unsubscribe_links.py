"""Signing the tokens of unsubscribe links, which the consent service verifies."""

import hashlib
from typing import Any, Final
from urllib.parse import urlencode

from itsdangerous import Serializer, URLSafeSerializer
from itsdangerous.encoding import base64_encode

from shared.events.base import SubjectId

SALT: Final = "carionexiq.unsubscribe"
"""Names the use, so that a token signed for another purpose is worth nothing there."""


class _Plain(URLSafeSerializer):
    """Does not try to compress: an id never becomes shorter, and trying takes longest of all."""

    def dump_payload(self, obj: Any) -> bytes:
        return base64_encode(Serializer.dump_payload(self, obj))


class UnsubscribeLinks:
    """Makes links with a token `[learner_id, purpose]` that never expires (C9.2).

    The id in it is a pseudonym; the address the message goes to is not in the link.
    """

    def __init__(self, secret: str, public_url: str) -> None:
        self._public_url = public_url
        self._serializer = _Plain(
            secret,
            salt=SALT,
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def token(self, learner_id: SubjectId, purpose: str) -> str:
        """Return the signed token that withdraws this consent."""
        return self._serializer.dumps([learner_id, purpose])

    def link(self, learner_id: SubjectId, purpose: str) -> str:
        """Return the address where one press withdraws this consent."""
        query = urlencode({"token": self.token(learner_id, purpose)})
        return f"{self._public_url}/unsubscribe?{query}"
