"""Verifying the signed tokens of unsubscribe links, which the notify service makes."""

import hashlib
from dataclasses import dataclass
from typing import Final

from itsdangerous import BadData, URLSafeSerializer

from services.consent.domain.errors import InvalidLinkError
from shared.events.base import SubjectId

SALT: Final = "carionexiq.unsubscribe"
"""Names the use, so that a token signed for another purpose is worth nothing here."""


@dataclass(frozen=True, slots=True)
class Unsubscription:
    """What a valid token asks for."""

    learner_id: SubjectId
    purpose: str


class UnsubscribeLinks:
    """Reads tokens `[learner_id, purpose]`; they never expire, as withdrawing must not (C9.2)."""

    def __init__(self, secret: str) -> None:
        self._serializer = URLSafeSerializer(
            secret,
            salt=SALT,
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def read(self, token: str) -> Unsubscription:
        """Return what `token` asks for.

        Raises:
            InvalidLinkError: we did not sign it.
        """
        try:
            learner_id, purpose = self._serializer.loads(token)
        except (BadData, ValueError, TypeError) as error:
            raise InvalidLinkError from error
        return Unsubscription(SubjectId(str(learner_id)), str(purpose))
