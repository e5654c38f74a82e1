"""Reading what is announced of the policy, and whom it did not reach."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from pydantic import BaseModel

from services.notify.application.ports import Announcement, Missed
from shared.consuming.projections import TOMBSTONE
from shared.database import Collection
from shared.events.base import SubjectId
from shared.events.notify import ToldBy
from shared.words import Text

Why = Literal["open", "refused", "told"]
PAGE: Final = 200


class PolicyAnnouncements:
    """The read model of announced versions."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    async def coming(self, at: datetime) -> list[Announcement]:
        """Return the announced versions that have no effect yet at `at`."""
        cursor = self._collection.find({"effective_at": {"$gt": at}}).sort("effective_at", 1)
        return [
            Announcement(
                version=one["_id"],
                effective_at=one["effective_at"],
                published_at=one["published_at"],
                summary=Text.model_validate(one["summary"]),
            )
            for one in await cursor.to_list(None)
        ]


class Told(BaseModel):
    """How, by which member of staff and when somebody was told whom no mail reached."""

    channel: ToldBy
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice that somebody has to follow up."""

    subject_id: SubjectId
    message_id: str
    version: str | None
    """Named by the answer, if there is one; else the message itself knows."""
    outcome: str | None
    answer: str | None
    at: datetime
    told: Told | None


class Unreached:
    """The read model of notices, by what is to be done about them."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    async def rows(self, why: Why, after: str, limit: int) -> list[NoticeRow]:
        """Return the notices of at most `limit` persons after `after`, by pseudonymous id."""
        query = {f"{why}.0": {"$exists": True}, "_id": {"$gt": after}}
        found = await self._collection.find(query).sort("_id", 1).to_list(limit)
        return [
            NoticeRow(
                SubjectId(person["_id"]),
                message,
                person["notices"][message]["version"],
                person["notices"][message]["outcome"],
                person["notices"][message]["answer"],
                person["notices"][message]["at"],
                _told(person["notices"][message]["told"]),
            )
            for person in found
            if TOMBSTONE not in person
            for message in person[why]
        ]

    async def missed(self) -> AsyncIterator[list[Missed]]:
        """Yield, page by page, the notices that reached nobody, with when each was last tried."""
        last = ""
        while True:
            query = {"open.0": {"$exists": True}, "_id": {"$gt": last}}
            found = await self._collection.find(query).sort("_id", 1).to_list(PAGE)
            if not found:
                return
            last = found[-1]["_id"]
            yield [
                Missed(SubjectId(person["_id"]), message, person["notices"][message]["left_at"])
                for person in found
                if TOMBSTONE not in person
                for message in person["open"]
            ]

    async def count(self, why: Why) -> int:
        """Return how many persons there are to follow up."""
        return await self._collection.count_documents({f"{why}.0": {"$exists": True}})


def _told(stored: dict[str, Any] | None) -> Told | None:
    return None if stored is None else Told.model_validate(stored)
