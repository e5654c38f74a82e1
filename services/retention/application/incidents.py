"""Opening, measuring, notifying, disclosing and closing incidents (C7.8)."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final

from services.retention.domain.errors import ExtentMissingError, IncidentNotFoundError
from services.retention.domain.incident.commands import (
    FinishDisclosure,
    IncidentCommand,
    OpenIncident,
    OrderDisclosure,
    RecordExtent,
    RemindOfDeadline,
)
from services.retention.domain.incident.decide import decide
from services.retention.domain.incident.events import IncidentEvent, PersonWasTold
from services.retention.domain.incident.evolve import evolve
from services.retention.domain.incident.extent import (
    Concerned,
    Extent,
    Question,
    kept_in,
    shown,
)
from services.retention.domain.incident.state import IncidentState
from services.retention.projections.lives import life_of
from shared.clock import Clock
from shared.command_handler import CommandHandler
from shared.consuming.envelope import Envelope
from shared.consuming.reactions import Reaction
from shared.consuming.read_model import ReadModel
from shared.database import Document
from shared.event_store import EventStore, Metadata, RecordedEvent
from shared.events.base import SubjectId
from shared.events.identity import AnomalyDetected, AttackDetected, BreakGlassReviewed
from shared.for_each import for_each

STREAM: Final = "incident-"
DRAFTS: Final = "incident-drafts"
NOBODY: Final = SubjectId("incidents")
"""An incident may concern many persons: its stream is about none of them."""
AT_ONCE: Final = 8


class IncidentKeeper:
    """Runs the register of incidents."""

    def __init__(
        self,
        store: EventStore,
        clock: Clock,
        *,
        incidents: ReadModel,
        lives: ReadModel,
        readings: Sequence[ReadModel],
    ) -> None:
        self._store = store
        self._clock = clock
        self._incidents = incidents
        self._lives = lives
        self._readings = readings
        self._handler: CommandHandler[IncidentCommand, IncidentState, IncidentEvent] = (
            CommandHandler(store, initial=IncidentState(), decide=decide, evolve=evolve)
        )

    async def open(self, command: OpenIncident, meta: Metadata) -> str:
        """Open an incident and return its id; opening it again changes nothing.

        Raises:
            IncidentDatesError: it began after it was noticed, or was noticed in the future.
        """
        commit = await self._handler.handle(
            STREAM + command.incident_id, command, subject=NOBODY, meta=meta
        )
        return commit.stream.removeprefix(STREAM)

    async def draft(self, envelope: Envelope) -> None:
        """Open a draft for an anomaly whose rule says so: somebody judges it, the 72 hours run."""
        event = envelope.data
        if not isinstance(event, AnomalyDetected | AttackDetected) or event.suspicion is None:
            return
        suspicion = event.suspicion
        if not suspicion.by_itself:
            return
        command = OpenIncident(
            incident_id=event.anomaly_id,
            exercise=False,
            natures=suspicion.natures,
            cause=suspicion.cause,
            began_at=suspicion.since,
            aware_at=envelope.time,
            by="system",
            at=max(envelope.time, self._clock.now()),
            anomaly_id=event.anomaly_id,
            suspicion=suspicion,
            draft=True,
        )
        await self.open(command, Metadata.caused_by(envelope, DRAFTS))

    async def of_break_glass(self, envelope: Envelope) -> None:
        """Open an incident for a break-glass access that was not justified, under its id."""
        event = envelope.data
        if not isinstance(event, BreakGlassReviewed) or event.suspicion is None:
            return
        suspicion = event.suspicion
        command = OpenIncident(
            incident_id=event.access_id,
            exercise=False,
            natures=suspicion.natures,
            cause=suspicion.cause,
            began_at=suspicion.since,
            aware_at=envelope.time,
            by=event.reviewed_by,
            at=max(envelope.time, self._clock.now()),
            suspicion=suspicion,
        )
        await self.open(command, Metadata.caused_by(envelope, DRAFTS))

    def drafts(self) -> Reaction:
        """Return what is done because of anomalies and of reviews."""
        return Reaction(
            DRAFTS,
            ("identity.events",),
            {
                AnomalyDetected: self.draft,
                AttackDetected: self.draft,
                BreakGlassReviewed: self.of_break_glass,
            },
        )

    async def act(self, incident_id: str, command: IncidentCommand, meta: Metadata) -> None:
        """Carry out `command` on an incident.

        Raises:
            IncidentNotFoundError: there is no such incident.
            RetentionError: what `decide` raises.
        """
        await self._handler.handle(STREAM + incident_id, command, subject=NOBODY, meta=meta)

    async def measure(self, incident_id: str, question: Question, by: str, meta: Metadata) -> None:
        """Compute whom and what the incident concerns, and record it.

        Raises:
            IncidentNotFoundError: there is no such incident.
            IncidentDatesError: the time that is asked about ends before it begins.
            DisclosureOrderedError: the persons concerned are being told already.
        """
        # What would be refused reads no lives.
        refusable = RecordExtent(question, Extent(), by, self._clock.now())
        decide(refusable, await self.state(incident_id))
        extent = Extent()
        async for one in self._concerned(question):
            extent.add(one)
        await self.act(incident_id, RecordExtent(question, extent, by, self._clock.now()), meta)

    async def order_disclosure(
        self, incident_id: str, confirmed: int, by: str, meta: Metadata
    ) -> None:
        """Order that everybody concerned is told; the sweep does it.

        Raises:
            IncidentNotFoundError: there is no such incident.
            ExtentMissingError: whom it concerns has not been computed, or it is nobody.
            DisclosureCountError: not as many persons are concerned as were confirmed.
        """
        state = await self.state(incident_id)
        if state.extent is None:
            raise ExtentMissingError
        persons = 0
        async for _ in self._concerned(state.extent.question):
            persons += 1
        now = self._clock.now()
        await self.act(incident_id, OrderDisclosure(confirmed, persons, by, now), meta)

    async def state(self, incident_id: str) -> IncidentState:
        """Return the incident as its stream tells it.

        Raises:
            IncidentNotFoundError: there is no such incident.
        """
        state, _ = await self._handler.state(STREAM + incident_id)
        if state.opened is None:
            raise IncidentNotFoundError
        return state

    async def history(self, incident_id: str) -> list[RecordedEvent]:
        """Return what happened to an incident."""
        return await self._store.load(STREAM + incident_id)

    async def run(self) -> dict[str, int]:
        """Remind of the authority and tell persons; return of how many incidents, and how many.

        Interrupted anywhere, the next run goes on: who has been told is not told again.
        """
        done = {"deadlines_reminded": 0, "persons_told": 0}
        async for incident in self._incidents.each({"closed_at": None}):
            if incident["notified_at"] is None:
                done["deadlines_reminded"] += await self._remind(incident["_id"])
            if incident["disclosure"] == "ordered":
                done["persons_told"] += await self._disclose(incident["_id"])
        return done

    async def _remind(self, incident_id: str) -> int:
        command, meta = RemindOfDeadline(self._clock.now()), Metadata.system("sweep")
        commit = await self._handler.handle(
            STREAM + incident_id, command, subject=NOBODY, meta=meta
        )
        return len(commit.event_ids)

    async def _disclose(self, incident_id: str) -> int:
        state = await self.state(incident_id)
        if state.opened is None or state.ordered is None or state.told is not None:
            return 0
        told = 0
        if not state.opened.exercise:

            async def tell(one: Concerned) -> None:
                nonlocal told
                told += 1
                await self._tell(one, state)

            await for_each(self._concerned(state.ordered.question), tell, at_once=AT_ONCE)
        finish = FinishDisclosure(told, self._clock.now())
        await self.act(incident_id, finish, Metadata.system("sweep"))
        return told

    async def _tell(self, one: Concerned, state: IncidentState) -> None:
        if state.opened is None:
            return
        opened, subject = state.opened, SubjectId(one.subject)
        stream = f"{STREAM}{opened.incident_id}-told-{one.subject}"
        event = PersonWasTold(
            incident_id=opened.incident_id,
            subject_id=subject,
            categories=one.categories,
            natures=opened.natures,
            consequences=() if state.risk is None else state.risk.consequences,
            measures=state.measures,
            began_at=opened.began_at,
            aware_at=opened.aware_at,
            told_at=self._clock.now(),
        )
        # Who has been told is not told again: the command is recognised.
        meta = Metadata.system("incident", command_id=stream)
        await self._store.append(stream, 0, [event], subject=subject, meta=meta)

    async def _concerned(self, question: Question) -> AsyncIterator[Concerned]:
        """Yield everybody concerned, one by one, so that memory grows with readings alone."""
        if question.reader is not None:
            time = {"$gte": question.since, "$lte": question.until}
            query = {"reader": question.reader, "read_at": time}
            readings = [one for model in self._readings async for one in model.each(query)]
            for concerned in shown(readings, question):
                yield concerned
            return
        async for document in self._asked(question):
            found = kept_in(life_of(document["_id"], document), question)
            if found is not None:
                yield found

    async def _asked(self, question: Question) -> AsyncIterator[Document]:
        if question.person is None:
            async for document in self._lives.each():
                yield document
        elif (one := await self._lives.get(question.person)) is not None:
            yield one


def overdue(now: datetime) -> dict[str, object]:
    """Return the query for breaches of which the authority should have been told by `now`."""
    owed = {"closed_at": None, "notified_at": None, "risk": {"$ne": "none"}}
    return {**owed, "exercise": False, "notify_by": {"$lt": now}}
