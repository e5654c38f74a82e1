"""Disputed values over HTTP: the person marks one, who may decides (C8.2, C4.2)."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter
from pydantic import BaseModel, StringConstraints, model_validator

from services.learning.application.disputes import (
    Claim,
    Dispute,
    dispute,
    disputes_of,
    for_staff,
    settle,
    withdraw,
)
from services.learning.application.handle import Learning
from services.learning.application.teaching import teaching_of
from services.learning.domain.catalogue.text import Language
from services.learning.domain.dispute import DECIDERS
from services.learning.domain.errors import NotFoundError
from services.learning.entrypoints.asking import In, Items
from services.learning.projections.disputes import DECIDED_WITHIN
from shared.event_store import Metadata
from shared.events.base import Identifier, SubjectId
from shared.events.disputes import DISPUTED_FIELDS, DisputedField, DisputeOutcome
from shared.http.auth import Caller, Principal, Role
from shared.http.idempotency import Once
from shared.personal import Category, Personal

Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
MANY: Final = 500
"""More than ever await a decision within 48 hours; the most urgent come first."""


class DisputeBody(BaseModel):
    """Which value is wrong, what it should be, and why."""

    about: Identifier
    """The event that holds it, as `held-data` names it; the enrolment, for its last day."""
    field: DisputedField
    should_be: Said
    why: Said
    restricted: bool = False
    """Whether it may serve nothing else meanwhile (GDPR art. 18(1)(a))."""


class DisputedView(BaseModel):
    """What a new dispute is called."""

    dispute_id: str


class DisputeView(BaseModel):
    """A dispute as its person sees it; values are null once they are erased."""

    dispute_id: str
    object: str
    about: str
    field: DisputedField
    category: Category
    title: str | None
    """Of the module, in the reader's language."""
    exercise: str | None
    value: str | None
    should_be: str | None
    why: str | None
    restricted: bool
    disputed_at: datetime
    due_at: datetime
    outcome: DisputeOutcome | None
    reason: str | None
    settled_at: datetime | None


class StaffDisputeView(DisputeView):
    """A dispute as who decides sees it."""

    learner_id: str
    may_decide: bool


class QueuedView(BaseModel):
    """A dispute that awaits a decision; no value."""

    dispute_id: str
    object: str
    field: DisputedField
    restricted: bool
    disputed_at: datetime
    due_at: datetime
    overdue: bool


class DecisionBody(BaseModel):
    """What is right, or why nothing is corrected."""

    outcome: Literal["accepted", "refused"]
    right: Said | None = None
    reason: Said | None = None

    @model_validator(mode="after")
    def _complete(self) -> "DecisionBody":
        if self.outcome == "accepted" and self.right is None:
            raise ValueError("right is missing")
        if self.outcome == "refused" and self.reason is None:
            raise ValueError("reason is missing")
        return self


def own_disputes_router(learning: Learning) -> APIRouter:
    """Return the learner's routes."""
    router = APIRouter(tags=["disputes"])

    @router.get("/me/disputes")
    async def mine(who: Caller, language: In) -> Items[DisputeView]:
        """List what the caller marked as wrong, and what came of it, the latest first."""
        found = await disputes_of(learning, SubjectId(who.subject))
        return Items(items=[DisputeView(**_view(learning, one, language)) for one in found])

    @router.post("/me/disputes", status_code=201)
    async def mark(body: DisputeBody, who: Caller, once: Once) -> DisputedView:
        """Mark a value as wrong: decided about within 48 hours."""
        dispute_id = once.first_id()
        if once.earlier is None:
            claim = Claim(body.about, body.field, body.should_be, body.why, body.restricted)
            meta = Metadata.by(who, once)
            await dispute(learning, SubjectId(who.subject), dispute_id, claim, meta)
        return DisputedView(dispute_id=dispute_id)

    @router.post("/me/disputes/{dispute_id}/withdrawal", status_code=204)
    async def take_back(dispute_id: Identifier, who: Caller, once: Once) -> None:
        """Take it back: the value counts as it is."""
        await withdraw(learning, SubjectId(who.subject), dispute_id, Metadata.by(who, once))

    return router


def disputes_router(learning: Learning) -> APIRouter:
    """Return the routes of who decides."""
    router = APIRouter(tags=["disputes"])

    @router.get("/disputes")
    async def queue(who: Caller) -> Items[QueuedView]:
        """List what awaits a decision of the caller's role, the most urgent first."""
        fields = [field for field in DISPUTED_FIELDS if who.role in DECIDERS[field]]
        found = await learning.dispute_list.find(
            {"field": {"$in": fields}}, sort=[("due_at", 1), ("_id", 1)], limit=MANY
        )
        now = learning.clock.now()
        views = [
            QueuedView(**one, object=document["_id"], overdue=one["due_at"] < now)
            for document in found
            if await _concerns(learning, who, document)
            for one in document["open"]
            if one["field"] in fields
        ]
        return Items(items=sorted(views, key=lambda one: one.due_at))

    @router.get("/disputes/{thing}/{dispute_id}")
    async def one(
        thing: Identifier, dispute_id: Identifier, who: Caller, language: In
    ) -> StaffDisputeView:
        """Show one with what is held, what the person says it should be, and why."""
        learner_id, found = await for_staff(learning, who, thing, dispute_id)
        return StaffDisputeView(
            **_view(learning, found, language),
            learner_id=learner_id,
            may_decide=found.outcome is None
            and who.role in DECIDERS[found.contested.field]
            and not (who.role == Role.TRAINER and found.author == who.subject),
        )

    @router.post("/disputes/{thing}/{dispute_id}/decision", status_code=204)
    async def decide(
        thing: Identifier, dispute_id: Identifier, body: DecisionBody, who: Caller, once: Once
    ) -> None:
        """Correct the value by an event that names the wrong one, or refuse with a reason."""
        meta = Metadata.by(who, once)
        if await learning.store.earlier(meta) is not None:
            return
        found = await for_staff(learning, who, thing, dispute_id)
        right = body.right if body.outcome == "accepted" else None
        await settle(learning, who, found, right, body.reason, meta)

    return router


async def _concerns(learning: Learning, who: Principal, document: dict[str, Any]) -> bool:
    """Whether it lies in what a trainer teaches and still reads; other roles see all of theirs."""
    if who.role != Role.TRAINER:
        return True
    if learning.choices.restricts(document["learner_id"], Category.LEARNING_HISTORY):
        return False
    taken = await learning.enrolment_list.get(document["_id"])
    if taken is None or taken["status"] == "certified":
        return False
    teaching = await teaching_of(learning, who.subject)
    return teaching.covers(taken["module_id"], taken["enrolled_at"])


def _view(learning: Learning, one: Dispute, language: Language) -> dict[str, Any]:
    title = exercise = None
    if one.module_id is not None:
        try:
            module = learning.catalogue.module(one.module_id)
            title = module.title.to(language)
            if one.contested.exercise_id is not None:
                exercise = module.exercise(one.contested.exercise_id).prompt.to(language)
        except NotFoundError:
            # The catalogue no longer has it; the values stand all the same.
            exercise = None
    return {
        "dispute_id": one.dispute_id,
        "object": one.object,
        "about": one.contested.about,
        "field": one.contested.field,
        "category": one.category,
        "title": title,
        "exercise": exercise,
        "value": one.value,
        "should_be": _text(one.should_be),
        "why": _text(one.why),
        "restricted": one.contested.restricted,
        "disputed_at": one.disputed_at,
        "due_at": one.disputed_at + DECIDED_WITHIN,
        "outcome": one.outcome,
        "reason": _text(one.reason),
        "settled_at": one.settled_at,
    }


def _text(value: Personal[str] | None) -> str | None:
    return None if value is None or value.is_erased else value.text()
