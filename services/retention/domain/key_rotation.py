"""The stream `key-encryption-keys`: which key was rotated when, and by whom (in the commit)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.events.base import DomainEvent, Identifier


class KeyEncryptionKeyRotated(DomainEvent):
    """Every data key is wrapped under `version` of `key`, and the versions before it go."""

    key: Identifier
    version: Identifier
    data_keys: int
    """How many data keys were wrapped under it then."""
    rotated_at: datetime


@dataclass(frozen=True, slots=True)
class RecordRotation:
    """Put on record that a key was rotated."""

    key: str
    version: str
    data_keys: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Rotations:
    """The versions that are on record."""

    versions: frozenset[tuple[str, str]] = frozenset()


def decide(command: RecordRotation, state: Rotations) -> Sequence[KeyEncryptionKeyRotated]:
    """Return the rotation, or nothing when it is on record: one that was cut short goes on."""
    if (command.key, command.version) in state.versions:
        return []
    return [
        KeyEncryptionKeyRotated(
            key=command.key,
            version=command.version,
            data_keys=command.data_keys,
            rotated_at=command.at,
        )
    ]


def evolve(state: Rotations, event: KeyEncryptionKeyRotated) -> Rotations:
    """Return the versions on record after `event`."""
    return Rotations(state.versions | {(event.key, event.version)})
