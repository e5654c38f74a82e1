"""Putting rotations of key-encryption keys on record: this service answers for what is unreadable.

No service holds every key, so the rotation itself is the operator's; here is who did it, and when.
"""

from datetime import datetime
from typing import Final

from pydantic import BaseModel

from services.retention.domain.key_rotation import (
    KeyEncryptionKeyRotated,
    RecordRotation,
    Rotations,
    decide,
    evolve,
)
from shared.command_handler import CommandHandler
from shared.event_store import EventStore, Metadata
from shared.events.base import SubjectId

STREAM: Final = "key-encryption-keys"


class RotationOnRecord(BaseModel):
    """One rotation, with who and when."""

    key: str
    version: str
    data_keys: int
    rotated_at: datetime
    by: str


class KeyRotationRecord:
    """The rotations on record."""

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self._handler: CommandHandler[RecordRotation, Rotations, KeyEncryptionKeyRotated] = (
            CommandHandler(
                store, initial=Rotations(), decide=decide, evolve=evolve, grows_long=False
            )
        )

    async def add(self, command: RecordRotation, meta: Metadata) -> None:
        """Put a rotation on record, once for each version."""
        await self._handler.handle(STREAM, command, subject=SubjectId(STREAM), meta=meta)

    async def all(self) -> list[RotationOnRecord]:
        """Return every rotation, the latest first."""
        recorded = await self._store.load(STREAM)
        return [
            RotationOnRecord(
                key=event.key,
                version=event.version,
                data_keys=event.data_keys,
                rotated_at=event.rotated_at,
                by=record.meta.actor,
            )
            for record in reversed(recorded)
            if isinstance(event := record.event, KeyEncryptionKeyRotated)
        ]
