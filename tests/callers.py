"""Whom a test speaks for: tokens that services accept, in any role."""

from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

from shared.clock import Clock
from shared.http.auth import Role, Session
from shared.http.proof import Proof
from shared.ids import new_id
from shared.tokens import GATEWAY, OPERATOR, TokenIssuer

PROVEN: Final = Proof(datetime(2500, 1, 1, tzinfo=UTC), strong=True)
"""Two factors, given as late as no clock of a test gets."""


class Callers:
    """Issues tokens as the gateway does for people, and as the command line for the system."""

    def __init__(self, secrets_dir: Path, clock: Clock) -> None:
        self._secrets_dir = secrets_dir
        self._clock = clock

    def token(
        self,
        service: str,
        subject: str,
        role: Role,
        *,
        since: datetime | None = None,
        proof: Proof | None = PROVEN,
        suspends_at: datetime | None = None,
    ) -> str:
        """Return a token for `service`, of a session that was opened `since`, or just now.

        It rests on `proof`: two factors unless the test says otherwise. For want of training it
        gets at nobody's data from `suspends_at` on.
        """
        if role is Role.SYSTEM:
            return self._operator.issue(service, subject, role)
        session = Session(new_id(), since or self._clock.now(), proof, suspends_at)
        return self._gateway.issue(service, subject, role, session)

    def headers(self, service: str, subject: str, role: Role) -> dict[str, str]:
        """Return the header that authenticates `subject` in `role` at `service`."""
        return {"Authorization": f"Bearer {self.token(service, subject, role)}"}

    @cached_property
    def _gateway(self) -> TokenIssuer:
        return TokenIssuer(GATEWAY, self._secrets_dir, self._clock)

    @cached_property
    def _operator(self) -> TokenIssuer:
        return TokenIssuer(OPERATOR, self._secrets_dir, self._clock)
