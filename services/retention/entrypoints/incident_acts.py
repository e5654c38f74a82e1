"""What the officer and security do about a breach (C7.8; GDPR art. 33 and 34)."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from services.retention.application.uses import Uses
from services.retention.domain.errors import DisclosureCountError
from services.retention.domain.incident.commands import (
    AssessRisk,
    CloseIncident,
    JudgeDraft,
    NotifyAuthority,
    OpenIncident,
    TakeMeasures,
)
from services.retention.domain.incident.extent import Question
from services.retention.entrypoints.incident_problems import DISCLOSURE_COUNT
from services.retention.entrypoints.paging import (
    DayOrInstant,
    beginning_of,
    instant_of,
)
from shared.event_store import Metadata
from shared.events.base import Identifier
from shared.http.auth import Caller
from shared.http.idempotency import Once
from shared.http.problems import problem_response
from shared.incidents import (
    Cause,
    Consequence,
    LateReason,
    Lesson,
    Measure,
    Nature,
    Risk,
    Suspicion,
)
from shared.personal import Category


class IncidentBody(BaseModel):
    """An incident to open; codes and instants alone."""

    exercise: bool = False
    """Nobody is written to."""
    natures: Annotated[list[Nature], Field(min_length=1)]
    cause: Cause = "unknown"
    began_at: DayOrInstant | None = None
    aware_at: DayOrInstant | None = None
    """When somebody here became aware of it: 72 hours run from then; now when absent."""
    anomaly_id: Identifier | None = None
    """The anomaly that it is opened because of."""
    suspicion: Suspicion | None = None
    """What that anomaly suggests to ask about the extent."""


class JudgementBody(BaseModel):
    """Whether a draft is a breach."""

    breach: bool


class ExtentBody(BaseModel):
    """What was exposed, and when."""

    categories: Annotated[list[Category], Field(min_length=1)]
    since: DayOrInstant
    until: DayOrInstant | None = None
    """Now when absent."""
    reader: Identifier | None = None
    """Only what this member of staff was shown."""
    person: Identifier | None = None
    """Only the data of this person."""


class RiskBody(BaseModel):
    """How likely harm is, and what harm."""

    risk: Risk
    consequences: list[Consequence] = []


class MeasuresBody(BaseModel):
    """What was done."""

    measures: Annotated[list[Measure], Field(min_length=1)]


class NotificationBody(BaseModel):
    """That the authority was told."""

    complete: bool = True
    reference: Identifier
    """The authority's file number."""
    late_because: LateReason | None = None


class DisclosureBody(BaseModel):
    """That everybody concerned is to be told."""

    confirmed: Annotated[int, Field(ge=1)]
    """How many persons whoever asks has seen."""


class ClosingBody(BaseModel):
    """What was learnt."""

    lessons: Annotated[list[Lesson], Field(min_length=1)]


def incident_acts_router(uses: Uses) -> APIRouter:
    """Return the routes that change an incident."""
    router = APIRouter(tags=["incidents"])
    keeper, clock = uses.incidents, uses.clock

    @router.post("/incidents", status_code=201)
    async def open_incident(body: IncidentBody, officer: Caller, once: Once) -> dict[str, str]:
        """Open an incident: 72 hours to the authority begin (GDPR art. 33)."""
        now = clock.now()
        command = OpenIncident(
            incident_id=once.first_id(),
            exercise=body.exercise,
            natures=tuple(body.natures),
            cause=body.cause,
            began_at=None if body.began_at is None else beginning_of(body.began_at),
            aware_at=now if body.aware_at is None else beginning_of(body.aware_at),
            by=officer.subject,
            at=now,
            anomaly_id=body.anomaly_id,
            suspicion=body.suspicion,
        )
        return {"incident_id": await keeper.open(command, Metadata.by(officer, once))}

    @router.post("/incidents/{incident_id}/judgement", status_code=204)
    async def judge(incident_id: str, body: JudgementBody, officer: Caller, once: Once) -> None:
        """Say whether a draft that a rule opened is a breach; one that is none is closed."""
        command = JudgeDraft(body.breach, officer.subject, clock.now())
        await keeper.act(incident_id, command, Metadata.by(officer, once))

    @router.post("/incidents/{incident_id}/extent", status_code=204)
    async def measure(incident_id: str, body: ExtentBody, officer: Caller, once: Once) -> None:
        """Compute whom and what it concerns from the streams of all services."""
        now = clock.now()
        question = Question(
            categories=tuple(body.categories),
            since=beginning_of(body.since),
            until=now if body.until is None else min(now, instant_of(body.until)),
            reader=body.reader,
            person=body.person,
        )
        await keeper.measure(incident_id, question, officer.subject, Metadata.by(officer, once))

    @router.post("/incidents/{incident_id}/risk", status_code=204)
    async def assess(incident_id: str, body: RiskBody, officer: Caller, once: Once) -> None:
        """Say how likely harm to persons is."""
        command = AssessRisk(body.risk, tuple(body.consequences), officer.subject, clock.now())
        await keeper.act(incident_id, command, Metadata.by(officer, once))

    @router.post("/incidents/{incident_id}/measures", status_code=204)
    async def take_measures(
        incident_id: str, body: MeasuresBody, officer: Caller, once: Once
    ) -> None:
        """Note what was done."""
        command = TakeMeasures(tuple(body.measures), officer.subject, clock.now())
        await keeper.act(incident_id, command, Metadata.by(officer, once))

    @router.post("/incidents/{incident_id}/notification", status_code=204)
    async def notify(incident_id: str, body: NotificationBody, officer: Caller, once: Once) -> None:
        """Note that the authority was told; after 72 hours with the reason (GDPR art. 33)."""
        command = NotifyAuthority(
            body.complete, body.reference, body.late_because, officer.subject, clock.now()
        )
        await keeper.act(incident_id, command, Metadata.by(officer, once))

    @router.post("/incidents/{incident_id}/disclosure", status_code=204, response_model=None)
    async def disclose(
        request: Request, incident_id: str, body: DisclosureBody, officer: Caller, once: Once
    ) -> Response | None:
        """Have everybody concerned told, with advice for each category (GDPR art. 34)."""
        meta = Metadata.by(officer, once)
        try:
            await keeper.order_disclosure(incident_id, body.confirmed, officer.subject, meta)
        except DisclosureCountError as error:
            return problem_response(request, DISCLOSURE_COUNT, {"persons": error.persons})
        return None

    @router.post("/incidents/{incident_id}/closure", status_code=204)
    async def close(incident_id: str, body: ClosingBody, officer: Caller, once: Once) -> None:
        """Close it with what was learnt, once everything owed is done."""
        command = CloseIncident(tuple(body.lessons), officer.subject, clock.now())
        await keeper.act(incident_id, command, Metadata.by(officer, once))

    return router
