"""Who of staff looked at a person's data, as far as the person may learn of it (C7.4, C6.2)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, get_args

from services.retention.application.uses import Uses
from services.retention.domain.life.life import Life
from shared.events.retention import Ground

MOST: Final = 1000
PROCEEDINGS: Final = frozenset(get_args(Ground))
"""Reasons that would tell of a hold that the person must not learn of yet."""


class Readings:
    """The readings of data in use and of the archive, in one list."""

    def __init__(self, uses: Uses) -> None:
        self._uses = uses

    async def of(self, subject: str) -> Sequence[Mapping[str, Any]]:
        """Return the latest thousand that the person may learn of, the latest first.

        `archived` says whether it was data in the archive.
        """
        query = {"subject_id": subject}
        found = [
            {**one, "archived": archived}
            for model, archived in (
                (self._uses.readings, False),
                (self._uses.archive_readings, True),
            )
            for one in await model.find(query, sort=[("read_at", -1)], limit=MOST)
        ]
        life, now = await self._uses.lives.load(subject), self._uses.clock.now()
        told = [one for one in found if life is None or not _tells_a_secret(life, one, now)]
        return sorted(told, key=lambda one: one["read_at"], reverse=True)[:MOST]


def _tells_a_secret(life: Life, reading: Mapping[str, Any], now: datetime) -> bool:
    """Whether the reading belongs to proceedings of which the person must not learn yet."""
    since = [
        hold.placed_at
        for hold in life.holds.values()
        if hold.is_secret(now) and hold.placed_at is not None
    ]
    return reading["reason"] in PROCEEDINGS and bool(since) and min(since) <= reading["read_at"]
