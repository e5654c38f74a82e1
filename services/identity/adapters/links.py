"""Signed, expiring tokens for the links in e-mails; they hold a pseudonymous id, no address."""

from datetime import timedelta
from typing import Final

from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer

from shared.clock import Clock
from shared.events.base import SubjectId

CONFIRMATION_LIFETIME: Final = timedelta(days=3)
GUARDIAN_LIFETIME: Final = timedelta(days=7, hours=1)
"""The time of C11.2, in the week when clocks go back; the account knows the end to the minute."""
REVOCATION_LIFETIME: Final = timedelta(days=366 * 18)
"""Longer than any minority: an agreement can be revoked as long as the account lives."""

NOTICE_LIFETIME: Final = timedelta(days=30)
"""How long somebody can answer whether it was they who signed in."""
RECOVERY_LIFETIME: Final = timedelta(hours=1)
EMAIL_CHANGE_LIFETIME: Final = timedelta(days=1)
PROVIDER_LIFETIME: Final = timedelta(minutes=10)
"""How long somebody may take at the external provider."""
RIGHTS_LIFETIME: Final = timedelta(days=30)
"""How long a request for one's rights can be confirmed: as long as its term."""
ACCESS_FILE_LIFETIME: Final = timedelta(days=7, hours=1)
"""The time of an access file, in the week when clocks go back; the file knows the end."""
RETURN_WAITS: Final = timedelta(days=7)
"""Before lost factors are removed: long enough for a week away from the mailbox."""
RETURN_LASTS: Final = timedelta(days=14)
"""How long the link, from its making, can remove them."""
STOP_LIFETIME: Final = timedelta(days=7)
"""How long the old address can stop a change: long enough for a week away from the mailbox."""


class InvalidLinkError(Exception):
    """The link was altered, is for something else, or has expired."""


class Links:
    """Makes and reads the tokens of one purpose."""

    def __init__(self, secret: str, purpose: str, lifetime: timedelta, clock: Clock) -> None:
        self.lifetime = lifetime
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
        return SubjectId(str(self._read(token)))

    def made(self, token: str) -> bool:
        """Whether `token` was made by us for this purpose, expired or not."""
        try:
            self._serializer.loads(token)
        except BadSignature:
            return False
        return True

    def token_of(self, learner_id: SubjectId, link_id: str) -> str:
        """Return a token bound to the state of the account that knows it as `link_id`."""
        return str(self._serializer.dumps([learner_id, link_id]))

    def read_bound(self, token: str) -> tuple[SubjectId, str]:
        """Return whom `token_of` made `token` for, and the id of the link.

        Raises:
            InvalidLinkError: it was not made by us for this purpose, or it has expired.
        """
        match self._read(token):
            case [str(learner_id), str(link_id)]:
                return SubjectId(learner_id), link_id
            case _:
                raise InvalidLinkError

    def token_with(self, *parts: str) -> str:
        """Return a token that holds `parts`, which whoever has it can read."""
        return str(self._serializer.dumps(list(parts)))

    def read_parts(self, token: str) -> tuple[str, ...]:
        """Return the parts that `token_with` put into `token`.

        Raises:
            InvalidLinkError: it was not made by us for this purpose, or it has expired.
        """
        match self._read(token):
            case [*parts]:
                return tuple(map(str, parts))
            case _:
                raise InvalidLinkError

    def _read(self, token: str) -> object:
        try:
            subject, made_at = self._serializer.loads(token, return_timestamp=True)
        except BadSignature as error:
            raise InvalidLinkError from error
        # Another replica's clock may be ahead of ours: a link is not invalid for being new.
        if int(self._clock.now().timestamp()) - made_at.timestamp() > self.lifetime.total_seconds():
            raise InvalidLinkError
        return subject
