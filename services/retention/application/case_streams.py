"""The event streams of erasure cases: one stream a case."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from services.retention.domain.erasure.commands import CaseCommand
from services.retention.domain.erasure.decide import decide_all
from services.retention.domain.erasure.events import CaseCertified, CaseEvent, CasePlanned
from services.retention.domain.erasure.evolve import evolve
from services.retention.domain.erasure.state import Case
from services.retention.domain.errors import CaseNotFoundError
from shared.command_handler import CommandHandler, Outcome
from shared.event_store import EventStore, Metadata
from shared.events.base import SubjectId

PREFIX: Final = "case-"


class CaseStreams:
    """Reads cases and records what happens in them."""

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self._handler: CommandHandler[Sequence[CaseCommand], Case, CaseEvent] = CommandHandler(
            store, initial=Case(), decide=decide_all, evolve=evolve, grows_long=False
        )

    async def state(self, case_id: str) -> Case:
        """Return the case as its stream tells it."""
        return (await self._handler.state(PREFIX + case_id))[0]

    async def certificate(self, case_id: str) -> CaseCertified:
        """Return the recorded certificate of a case.

        Raises:
            CaseNotFoundError: there is no such case, or it is not certified yet.
        """
        for record in await self._store.load(PREFIX + case_id):
            if isinstance(record.event, CaseCertified):
                return record.event
        raise CaseNotFoundError

    async def steps(self, case_id: str) -> list[tuple[str, datetime]]:
        """Return what happened in a case, as (event, instant) in order."""
        recorded = await self._store.load(PREFIX + case_id)
        return [(record.event.type_name(), record.at) for record in recorded]

    async def open_about(self, subject: SubjectId) -> list[str]:
        """Return the ids of the cases about a person that are not certified yet."""
        found: dict[str, None] = {}
        for record in await self._store.load_subject(subject):
            if isinstance(record.event, CasePlanned):
                found[record.event.case_id] = None
            elif isinstance(record.event, CaseCertified):
                found.pop(_id_of(record.stream), None)
        return list(found)

    async def earlier(self, meta: Metadata) -> str | None:
        """Return the id of the case that the same command has opened."""
        commit = await self._store.earlier(meta)
        return None if commit is None else _id_of(commit.stream)

    async def open(
        self, case_id: str, commands: Sequence[CaseCommand], subject: SubjectId, meta: Metadata
    ) -> str:
        """Begin a case and return its id: that of the first, where the same command comes again."""
        commit = await self._handler.handle(PREFIX + case_id, commands, subject=subject, meta=meta)
        return _id_of(commit.stream)

    async def record(
        self, case_id: str, commands: Sequence[CaseCommand], subject: SubjectId, meta: Metadata
    ) -> Outcome[Case, CaseEvent]:
        """Carry out `commands` on a case and return the case after them."""
        return await self._handler.outcome(PREFIX + case_id, commands, subject=subject, meta=meta)


def _id_of(stream: str) -> str:
    return stream.removeprefix(PREFIX)
