"""The words given / when / then for identity's deciders, and invented people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.identity.domain.learner import commands as c
from services.identity.domain.majority import PARIS
from shared.events.base import SubjectId
from shared.personal import Personal

LEARNER = SubjectId("learner-1")
TODAY = date(2030, 3, 1)
NOW = datetime(2030, 3, 1, 9, tzinfo=UTC)
ADULT = date(1990, 5, 17)
MINOR = date(2015, 5, 17)


@dataclass(frozen=True)
class Given:
    """History, then a command, then what is expected of it."""

    decide: Callable[[Any, Any], Sequence[Any]]
    evolve: Callable[[Any, Any], Any]
    state: Any
    events: Sequence[Any] = ()

    def when(self, command: object) -> "Given":
        """Decide on `command` and fold what it leads to."""
        events = self.decide(command, self.state)
        state = self.state
        for event in events:
            state = self.evolve(state, event)
        return Given(self.decide, self.evolve, state, events)

    def then(self, *events: type) -> "Given":
        """Expect exactly events of these types."""
        assert [type(event) for event in self.events] == list(events)
        return self

    def refuses(self, command: object, error: type[Exception]) -> None:
        """Expect `command` to be refused with `error`."""
        with pytest.raises(error):
            self.decide(command, self.state)


def registration(
    birth_date: date | None = None, guardian: str | None = None, at: datetime = NOW
) -> c.RegisterLearner:
    """Ask for an account with obviously invented data."""
    return c.RegisterLearner(
        learner_id=LEARNER,
        first_name=Personal("Prénom"),
        last_name=Personal("Nom"),
        email=Personal("canari@canari.test"),
        telephone=Personal("+33639980001"),
        language="fr",
        birth_date=None if birth_date is None else Personal(birth_date),
        today=at.astimezone(PARIS).date(),
        password_hash=Personal("hash-1"),
        confirmation_token=Personal("token-1"),
        at=at,
        minority_id="minority-1",
        guardian=None if guardian is None else asks(guardian, "agreement-1"),
    )


def asks(email: str = "parent@canari.test", agreement: str = "agreement-2") -> c.Guardian:
    """Name an obviously invented guardian."""
    return c.Guardian(agreement, Personal(email), Personal("Parent"), Personal(f"to-{agreement}"))
