"""The intermediate archive: only compliance reads in it, with a reason, which is recorded (C2.5).

A service keeps in one of its read models who is archived, under `archived`, as retention tells.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Depends, Header

from shared.consuming.read_model import ReadModel
from shared.event_store import EventStore, Metadata
from shared.events.archive import AccessReason, ArchivedDataRead
from shared.events.base import Identifier, SubjectId
from shared.http.auth import Principal, Role
from shared.http.problems import ProblemError, ProblemType
from shared.ids import new_id
from shared.personal import Category
from shared.vault import current_access

COMPLIANCE: Final = frozenset({Role.DPO, Role.SECURITY})
"""Roles that may read archived data, each within its own routes."""
REASON_HEADER: Final = "Archive-Reason"
REFERENCE_HEADER: Final = "Archive-Reference"

ARCHIVED: Final = ProblemType(
    "archived",
    HTTPStatus.FORBIDDEN,
    "Ces données sont en archive intermédiaire : seule la conformité y accède, avec un motif.",
    "This data is in the intermediate archive: only compliance may read it, with a reason.",
)
REASON_MISSING: Final = ProblemType(
    "archive-reason-missing",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "Ces données sont en archive intermédiaire. Indiquez le motif de la consultation : il est"
    " enregistré, et la personne le verra.",
    "This data is in the intermediate archive. State why you read it: the reason is recorded, and"
    " the person will see it.",
)


@dataclass(frozen=True, slots=True)
class StatedReason:
    """Why somebody wants to read archived data."""

    reason: AccessReason
    reference: str


async def stated_reason(
    reason: Annotated[AccessReason | None, Header(alias=REASON_HEADER)] = None,
    reference: Annotated[Identifier, Header(alias=REFERENCE_HEADER)] = "none",
) -> StatedReason | None:
    """Return the reason that the request's headers state, if any; 422 for an unknown one."""
    if reason is None:
        return None
    if (access := current_access()) is not None:
        access.stated = (reason, reference)
    return StatedReason(reason, reference)


Stated = Annotated[StatedReason | None, Depends(stated_reason)]
"""The reason a caller states for reading archived data."""


class ArchiveGate:
    """Stands before every answer to staff that is about persons."""

    def __init__(self, service: str, store: EventStore, people: ReadModel) -> None:
        """Guard what `service` answers; `people` has one document a person, with `archived`."""
        self._service = service
        self._store = store
        self._people = people

    async def archived_among(self, subjects: Collection[str]) -> frozenset[str]:
        """Return those of `subjects` who are archived."""
        query = {"_id": {"$in": sorted(subjects)}, "archived": True}
        found = await self._people.find(query, limit=max(1, len(subjects)))
        return frozenset(person["_id"] for person in found)

    async def admit(
        self,
        who: Principal,
        stated: StatedReason | None,
        subject: str,
        categories: Iterable[Category],
        *,
        archived: bool | None = None,
    ) -> None:
        """Let `who` read about one person, noting it first where the data is archived.

        Args:
            who: who asks.
            stated: why, if that was said.
            subject: the person asked about.
            categories: what the answer will hold.
            archived: whether it is archived; asked of the read model where not given.

        Raises:
            ProblemError: it is archived and `who` is not of compliance (403), or says no reason
                (422).
        """
        if archived is None:
            archived = subject in await self.archived_among([subject])
        if not archived:
            return
        if who.role not in COMPLIANCE:
            raise ProblemError(ARCHIVED)
        if stated is None:
            raise ProblemError(REASON_MISSING)
        await self._note(who, stated, subject, categories)

    async def hidden(
        self,
        who: Principal,
        stated: StatedReason | None,
        subjects: Iterable[str],
        categories: Iterable[Category],
    ) -> frozenset[str]:
        """Return those of `subjects` about whom a list must show `who` no value.

        Whom it shows although they are archived is noted first.
        """
        archived = await self.archived_among(set(subjects))
        if who.role not in COMPLIANCE or stated is None:
            return archived
        shown = tuple(categories)
        for subject in sorted(archived):
            await self._note(who, stated, subject, shown)
        return frozenset()

    async def _note(
        self, who: Principal, stated: StatedReason, subject: str, categories: Iterable[Category]
    ) -> None:
        read = ArchivedDataRead(
            subject_id=SubjectId(subject),
            service=self._service,
            reader=who.subject,
            role=who.role,
            categories=tuple(sorted(set(categories))),
            reason=stated.reason,
            reference=stated.reference,
        )
        reading = new_id()
        await self._store.append(
            f"archive-reading-{reading}",
            0,
            [read],
            subject=read.subject_id,
            meta=Metadata(actor=who.subject, role=who.role, correlation_id=reading),
        )
        if (access := current_access()) is not None:
            access.recorded.add(subject)
