"""Verifying the signed tokens of unsubscribe links, which the notify service makes."""

import hashlib
import re
from collections.abc import Sequence
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
    """Reads tokens `[learner_id, purpose]`; they never expire, as withdrawing must not (C9.2).

    They outlive the key that signed them, and the person's own keys: nothing of theirs is opened.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        """Take the secret in force and those retired, in this order."""
        self._serializer = URLSafeSerializer(
            # The library tries the last one first.
            list(reversed(secrets)),
            salt=SALT,
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def read(self, token: str) -> Unsubscription:
        """Return what `token` asks for, also where a mail program broke it over lines.

        Raises:
            InvalidLinkError: we did not sign it.
        """
        try:
            learner_id, purpose = self._serializer.loads(mended(token))
        except (BadData, ValueError, TypeError) as error:
            raise InvalidLinkError from error
        return Unsubscription(SubjectId(str(learner_id)), str(purpose))


_BROKEN: Final = re.compile(r"=\r?\n|\s+|=$")


def mended(token: str) -> str:
    """Return `token` without what folding and quoted-printable put into a link on its way.

    The alphabet of tokens has neither white space nor an equals sign, so nothing of theirs goes.
    """
    return _BROKEN.sub("", token.removeprefix("=3D").removeprefix("3D"))
