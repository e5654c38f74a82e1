"""The stream `ruleset`: which version is in force, since when."""

from dataclasses import dataclass
from datetime import datetime

from shared.events.base import DomainEvent, Identifier


class VersionAdopted(DomainEvent):
    """A version of the rules came into force."""

    version: Identifier
    digest: Identifier
    adopted_at: datetime


@dataclass(frozen=True, slots=True)
class AdoptVersion:
    """Bring a version into force."""

    version: str
    digest: str
    at: datetime


@dataclass(frozen=True, slots=True)
class InForce:
    """The version in force; the default is none."""

    version: str = ""
    digest: str = ""


def decide(command: AdoptVersion, state: InForce) -> list[VersionAdopted]:
    """Return the adoption, or nothing when the same text is in force already."""
    if command.digest == state.digest:
        return []
    return [VersionAdopted(version=command.version, digest=command.digest, adopted_at=command.at)]


def evolve(state: InForce, event: VersionAdopted) -> InForce:
    """Return the version in force after `event`."""
    del state
    return InForce(event.version, event.digest)
