"""The streams `ruleset`, which version is in force since when by whom, and `ruleset-<digest>`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, ClassVar, Final, NamedTuple

from pydantic import StringConstraints

from services.retention.domain.errors import (
    AdoptionOutdatedError,
    ConfirmationOutdatedError,
    RulesInForceError,
    VersionTakenError,
)
from services.retention.domain.ruleset.model import RuleSet
from shared.events.base import DomainEvent, Identifier

Why = Annotated[str, StringConstraints(max_length=500)]
SYSTEM: Final = "system"


class VersionAdopted(DomainEvent):
    """A version of the rules came into force."""

    version: Identifier
    digest: Identifier
    adopted_at: datetime
    adopted_by: Identifier = SYSTEM
    reason: Why = ""
    """Why, in the words of who adopted it; never about a person."""
    goes_at_once: int = 0
    """How many objects were confirmed to go because of it."""
    confirmed_by: Identifier | None = None
    """The second person; `None` where there was none."""


class RuleSetKept(DomainEvent):
    """The text of a rule set, kept under its digest whether it is adopted or not."""

    NEVER_PUBLISHED: ClassVar[bool] = True

    digest: Identifier
    version: Identifier
    file: str
    yaml: str


class InForce(NamedTuple):
    """A rule set with the number of the adoption that brought it into force; later is higher."""

    rules: RuleSet
    adoption: int


@dataclass(frozen=True, slots=True)
class AdoptVersion:
    """Bring a version into force."""

    version: str
    digest: str
    at: datetime
    by: str = SYSTEM
    reason: str = ""
    instead_of: str | None = None
    """Digest of what it was compared with; `None` for whatever is in force."""
    confirmed: int = 0
    """How many objects whoever adopts it knows to go at once."""
    goes_at_once: int = 0
    """How many would."""
    confirmed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Adopted:
    """What has been adopted; the default is nothing."""

    version: str = ""
    """The one in force."""
    digest: str = ""
    adopted: Mapping[str, str] = field(default_factory=dict)
    """Digest of every version that has ever been in force."""


def decide(command: AdoptVersion, state: Adopted) -> list[VersionAdopted]:
    """Return the adoption.

    Raises:
        RulesInForceError: the same text is in force already.
        VersionTakenError: the version was adopted with another text.
        AdoptionOutdatedError: another version came into force since it was compared.
        ConfirmationOutdatedError: not the number of objects that was confirmed would go at once.
    """
    if command.digest == state.digest:
        raise RulesInForceError
    # The system adopts only for lack of a version that this release can use.
    taken = state.adopted.get(command.version, command.digest) != command.digest
    if taken and command.by != SYSTEM:
        raise VersionTakenError
    if command.instead_of not in (None, state.digest):
        raise AdoptionOutdatedError
    if command.goes_at_once != command.confirmed:
        raise ConfirmationOutdatedError(command.goes_at_once)
    return [
        VersionAdopted(
            version=command.version,
            digest=command.digest,
            adopted_at=command.at,
            adopted_by=command.by,
            reason=command.reason,
            goes_at_once=command.goes_at_once,
            confirmed_by=command.confirmed_by,
        )
    ]


def evolve(state: Adopted, event: VersionAdopted) -> Adopted:
    """Return the version in force after `event`."""
    return replace(
        state,
        version=event.version,
        digest=event.digest,
        adopted={**state.adopted, event.version: event.digest},
    )
