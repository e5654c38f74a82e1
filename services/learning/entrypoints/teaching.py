"""The trainers' compartment: names, learning histories, certifications; never payment (C4.2)."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.learning.application.break_glass import open_access
from services.learning.application.handle import Learning, enrolment_stream
from services.learning.application.history import load_history
from services.learning.application.standing import require_agreement
from services.learning.application.teaching import (
    enrolments_of,
    learners_of,
    require_taught,
    teaching_of,
)
from services.learning.domain.enrolment.commands import DecideCertification, StaffActor
from services.learning.domain.errors import EnrolmentNotFoundError, LearnerNotFoundError
from services.learning.entrypoints.asking import (
    PAGE_SIZE,
    In,
    Items,
    Page,
    PageOf,
    page_of,
)
from services.learning.entrypoints.enrolment_views import (
    TaughtView,
    taught_view,
    usable_mean,
)
from shared.event_store import Metadata
from shared.events.base import Identifier, SubjectId
from shared.http.auth import Caller
from shared.http.idempotency import Once
from shared.personal import Category, Erased, Personal

TAUGHT: Final = (Category.LEARNING_HISTORY,)


class LearnerView(BaseModel):
    """A learner as trainers see them; a name is null once it is erased."""

    learner_id: str
    first_name: str | None
    last_name: str | None


class PendingView(LearnerView):
    """A completed enrolment that awaits a trainer's decision."""

    enrolment_id: str
    module_id: str
    title: str
    completed_at: datetime
    score: int | None


class HistoryView(LearnerView):
    """A learner's enrolments with every answer, those in the archive without."""

    enrolments: list[TaughtView]
    break_glass_until: datetime | None = None
    """Until when more is shown than the caller teaches, where it is."""


class CertificationBody(BaseModel):
    """A trainer's decision."""

    decision: Literal["granted", "refused"]
    comment: Annotated[str, Field(max_length=2000)] | None = None


class DecidedView(BaseModel):
    """What was decided."""

    enrolment_id: str
    decision: Literal["granted", "refused"]


def teaching_router(learning: Learning) -> APIRouter:
    """Return the trainers' routes."""
    router = APIRouter(tags=["teaching"])

    @router.get("/certifications/pending")
    async def pending(who: Caller, language: In) -> Items[PendingView]:
        """List the oldest completed enrolments that await the caller's decision."""
        teaching = await teaching_of(learning, who.subject)
        if not teaching.groups:
            return Items(items=[])
        documents = await learning.enrolment_list.find(
            {"status": "completed", **enrolments_of(teaching)},
            sort=[("completed_at", 1)],
            limit=PAGE_SIZE,
        )
        views = []
        for document in documents:
            if _restricted(learning, document["learner_id"]):
                continue
            state, _version = await learning.enrolments.state(enrolment_stream(document["_id"]))
            learner = await learning.learner_list.get(document["learner_id"]) or {}
            if not state.awaits_decision or learner.get("archived", False):
                continue
            views.append(
                PendingView(
                    **(await _names(learning, document["learner_id"], learner)).model_dump(),
                    enrolment_id=document["_id"],
                    module_id=document["module_id"],
                    title=learning.catalogue.module(document["module_id"]).title.to(language),
                    completed_at=document["completed_at"],
                    score=usable_mean(state),
                )
            )
        return Items(items=views)

    @router.post("/enrolments/{enrolment_id}/certification")
    async def certify(
        enrolment_id: Identifier, body: CertificationBody, who: Caller, once: Once
    ) -> DecidedView:
        """Grant or refuse the certification: always a person's decision (C5.2)."""
        stream = enrolment_stream(enrolment_id)
        state, _version = await learning.enrolments.state(stream)
        teaching = await teaching_of(learning, who.subject)
        if state.learner_id is None or not teaching.covers(state.module_id, state.enrolled_at):
            raise EnrolmentNotFoundError
        await require_agreement(learning, state.learner_id)
        await learning.archive.admit(who, None, state.learner_id, TAUGHT)
        command = DecideCertification(
            by=StaffActor(who.subject, who.role),
            decision=body.decision,
            comment=Personal(body.comment) if body.comment else None,
            at=learning.clock.now(),
        )
        await learning.enrolments.handle(
            stream,
            command,
            subject=state.learner_id,
            meta=Metadata.by(who, once),
        )
        return DecidedView(enrolment_id=enrolment_id, decision=body.decision)

    @router.get("/learners")
    async def learners(who: Caller, page: Page = 1) -> PageOf[LearnerView]:
        """List whom the caller teaches, accounts in use, in the order of their registration."""
        taught = learners_of(await teaching_of(learning, who.subject))
        query = {"archived": {"$ne": True}, "first_name": {"$exists": True}, **taught}
        documents = await learning.learner_list.find(
            query,
            sort=[("registered_at", 1), ("_id", 1)],
            skip=(page - 1) * PAGE_SIZE,
            limit=PAGE_SIZE,
        )
        views = [
            await _names(learning, document["_id"], document)
            for document in documents
            if not _restricted(learning, document["_id"])
        ]
        return page_of(views, page, await learning.learner_list.count(query))

    @router.get("/learners/{learner_id}/history")
    async def history(learner_id: Identifier, who: Caller, language: In) -> HistoryView:
        """Show what a learner did in what the caller teaches, without a word about payment.

        What was certified is in the intermediate archive, and so is everything of a learner whose
        profile is: trainers no longer read it (C2.5, C2.6). Under a break-glass access everything
        is shown that the learner did; each reading is recorded as made under it.
        """
        document = await learning.learner_list.get(learner_id)
        if document is None:
            raise LearnerNotFoundError
        teaching = await teaching_of(learning, who.subject)
        beyond = await open_access(learning, who.subject, learner_id)
        if beyond is None:
            await require_taught(learning, teaching, learner_id)
        await learning.archive.admit(who, None, learner_id, TAUGHT)
        person = await load_history(learning, SubjectId(learner_id))
        now = learning.clock.now()
        return HistoryView(
            **(await _names(learning, learner_id, document)).model_dump(),
            enrolments=[
                taught_view(learning.catalogue, one, language, now)
                for one in person.enrolments.values()
                if beyond is not None or teaching.covers(one.state.module_id, one.state.enrolled_at)
            ],
            break_glass_until=None if beyond is None else beyond.until,
        )

    return router


def _restricted(learning: Learning, learner_id: str) -> bool:
    """Whether trainers are shown nothing of the learner, who restricts the history (C8.3)."""
    return learning.choices.restricts(learner_id, Category.LEARNING_HISTORY)


async def _names(learning: Learning, learner_id: str, document: dict[str, Any]) -> LearnerView:
    opened = await learning.vault.open_document(document)
    return LearnerView(
        learner_id=learner_id,
        first_name=_shown(opened.get("first_name")),
        last_name=_shown(opened.get("last_name")),
    )


def _shown(name: Personal[str] | None) -> str | None:
    value = name.reveal() if name is not None else None
    return None if isinstance(value, Erased) else value
