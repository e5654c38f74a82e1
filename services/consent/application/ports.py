"""What the use cases need from outside."""

from typing import Protocol

from shared.events.base import SubjectId


class Unsubscription(Protocol):
    """What a valid unsubscribe token asks for."""

    @property
    def learner_id(self) -> SubjectId:
        """Whose consent is withdrawn."""
        ...

    @property
    def purpose(self) -> str:
        """Which consent is withdrawn."""
        ...


class Links(Protocol):
    """Verifies unsubscribe tokens."""

    def read(self, token: str) -> Unsubscription:
        """Return what `token` asks for; `InvalidLinkError` when we did not sign it."""
        ...
