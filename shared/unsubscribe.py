"""Unsubscribe links: signed, without a session, valid for ever (C9.2, RFC 8058).

notify puts them into messages and consent reads them, so both know this one format.
"""

from typing import Final, cast, get_args

from itsdangerous import BadSignature, URLSafeSerializer

from shared.events.base import SubjectId
from shared.events.consent import Purpose

SALT: Final = "unsubscribe"


class InvalidUnsubscribeLinkError(Exception):
    """The token was not made by us, or it was cut off."""


class UnsubscribeLinks:
    """Makes and reads the tokens."""

    def __init__(self, secret: str) -> None:
        self._serializer = URLSafeSerializer(secret, salt=SALT)

    def token(self, learner_id: SubjectId, purpose: Purpose) -> str:
        """Return the token that withdraws `purpose` for `learner_id`."""
        return str(self._serializer.dumps([learner_id, purpose]))

    def read(self, token: str) -> tuple[SubjectId, Purpose]:
        """Return whom and what `token` is for.

        Raises:
            InvalidUnsubscribeLinkError: it was not made by us, or it was cut off.
        """
        try:
            learner_id, purpose = self._serializer.loads(token)
        except (BadSignature, ValueError, TypeError) as error:
            raise InvalidUnsubscribeLinkError from error
        if purpose not in get_args(Purpose):
            raise InvalidUnsubscribeLinkError
        return SubjectId(str(learner_id)), cast("Purpose", purpose)
