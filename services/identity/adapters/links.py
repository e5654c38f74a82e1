"""Signed, expiring tokens for the links in e-mails; they hold a pseudonymous id, no address."""

from datetime import timedelta
from typing import Final

from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer

from shared.clock import Clock
from shared.events.base import SubjectId

CONFIRMATION_LIFETIME: Final = timedelta(days=3)
GUARDIAN_LIFETIME: Final = timedelta(days=7)
"""The time of C11.2."""


class InvalidLinkError(Exception):
    """The link was altered, is for something else, or has expired."""


class Links:
    """Makes and reads the tokens of one purpose."""

    def __init__(self, secret: str, purpose: str, lifetime: timedelta, clock: Clock) -> None:
        self._lifetime = lifetime
        self._clock = clock

        class Signer(TimestampSigner):
            """Takes the time from the service's clock, so that links expire in virtual time."""

            def get_timestamp(self) -> int:
                return int(clock.now().timestamp())

        self._serializer = URLSafeTimedSerializer(secret, salt=purpose, signer=Signer)

    def token(self, learner_id: SubjectId) -> str:
        """Return a token for `learner_id`."""
        return str(self._serializer.dumps(learner_id))

    def read(self, token: str) -> SubjectId:
        """Return whom `token` was made for.

        Raises:
            InvalidLinkError: it was not made by us for this purpose, or it has expired.
        """
        try:
            subject, made_at = self._serializer.loads(token, return_timestamp=True)
        except BadSignature as error:
            raise InvalidLinkError from error
        # Another replica's clock may be ahead of ours: a link is not invalid for being new.
        if (
            int(self._clock.now().timestamp()) - made_at.timestamp()
            > self._lifetime.total_seconds()
        ):
            raise InvalidLinkError
        return SubjectId(str(subject))
