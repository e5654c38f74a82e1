"""The learner's own courses: enrol, answer, end; and suggestions."""

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.learning.application.answer import answer_exercise
from services.learning.application.enrol import enrol
from services.learning.application.handle import Learning, enrolment_stream
from services.learning.application.history import load_history
from services.learning.application.suggest import suggestions_for
from services.learning.domain.enrolment.commands import EndEnrolment
from services.learning.domain.errors import EnrolmentNotFoundError
from services.learning.entrypoints.asking import In, Items
from services.learning.entrypoints.enrolment_views import MyEnrolmentView, enrolment_view
from services.learning.entrypoints.wording import LEVEL_NAMES, NOT_KNOWN, OBJECTION_STOPS, reason_of
from shared.event_store import Metadata
from shared.events.base import Identifier
from shared.http.auth import Caller
from shared.http.idempotency import Once

ShortText = Annotated[str, Field(max_length=500)]


class EnrolmentBody(BaseModel):
    """Which module to take."""

    module_id: Identifier


class EnrolledView(BaseModel):
    """The contract that started and its invoice."""

    enrolment_id: str
    invoice_id: str


class AnswerBody(BaseModel):
    """An answer: an option id, a number, or ids in a list (or separated by commas)."""

    exercise_id: Identifier
    answer: ShortText | int | float | Annotated[list[ShortText], Field(max_length=20)]


class OutcomeView(BaseModel):
    """How the answer went."""

    score: int
    feedback: str
    completed: bool
    attempts_left: int


class SuggestionView(BaseModel):
    """A module with the reason why it is suggested."""

    module_id: str
    title: str
    level: str
    reason: str
    rule: str


class SuggestionsView(BaseModel):
    """The suggestions, or why there are none."""

    status: Literal["computed", "stopped", "withheld"]
    """`stopped` while the learner objects, `withheld` while that is not known: nothing was computed
    (C8.3)."""
    reason: str | None
    items: list[SuggestionView]


def enrolments_router(learning: Learning) -> APIRouter:
    """Return the learner's routes about courses."""
    router = APIRouter(tags=["my courses"])

    @router.post("/me/enrolments", status_code=201)
    async def start(body: EnrolmentBody, who: Caller, once: Once) -> EnrolledView:
        """Enrol: the contract starts and its invoice is issued."""
        done = await enrol(
            learning,
            learner_id=who.subject,
            module_id=body.module_id,
            meta=Metadata.by(who, once),
        )
        return EnrolledView(enrolment_id=done.enrolment_id, invoice_id=done.invoice_id)

    @router.get("/me/enrolments")
    async def mine(who: Caller, language: In) -> Items[MyEnrolmentView]:
        """List the learner's enrolments, newest first."""
        person = await load_history(learning, who.subject)
        now = learning.clock.now()
        views = [
            MyEnrolmentView(
                **enrolment_view(learning.catalogue, one, language, now).model_dump(),
                invoice_id=person.invoice_of(enrolment_id),
            )
            for enrolment_id, one in reversed(person.enrolments.items())
        ]
        return Items(items=views)

    @router.get("/me/enrolments/{enrolment_id}")
    async def one(enrolment_id: Identifier, who: Caller, language: In) -> MyEnrolmentView:
        """Show one enrolment with every answer."""
        person = await load_history(learning, who.subject)
        history = person.enrolments.get(enrolment_id)
        if history is None:
            raise EnrolmentNotFoundError
        view = enrolment_view(learning.catalogue, history, language, learning.clock.now())
        return MyEnrolmentView(**view.model_dump(), invoice_id=person.invoice_of(enrolment_id))

    @router.post("/me/enrolments/{enrolment_id}/answers")
    async def answer(
        enrolment_id: Identifier, body: AnswerBody, who: Caller, language: In, once: Once
    ) -> OutcomeView:
        """Answer an exercise and read score and feedback."""
        outcome = await answer_exercise(
            learning,
            learner_id=who.subject,
            enrolment_id=enrolment_id,
            exercise_id=body.exercise_id,
            answer=body.answer,
            language=language,
            meta=Metadata.by(who, once),
        )
        return OutcomeView(
            score=outcome.score,
            feedback=outcome.feedback,
            completed=outcome.completed,
            attempts_left=outcome.attempts_left,
        )

    @router.delete("/me/enrolments/{enrolment_id}", status_code=204)
    async def end(enrolment_id: Identifier, who: Caller, once: Once) -> None:
        """End the contract; ending it again changes nothing."""
        await learning.enrolments.handle(
            enrolment_stream(enrolment_id),
            EndEnrolment(who.subject, "learner", learning.clock.now()),
            subject=who.subject,
            meta=Metadata.by(who, once),
        )

    @router.get("/me/suggestions")
    async def suggestions(who: Caller, language: In) -> SuggestionsView:
        """Suggest modules, each with its reason; nothing is computed while the learner objects."""
        suggested = await suggestions_for(learning, who.subject)
        if suggested.status != "computed":
            why = OBJECTION_STOPS if suggested.status == "stopped" else NOT_KNOWN
            return SuggestionsView(status=suggested.status, reason=why.to(language), items=[])
        return SuggestionsView(
            status="computed",
            reason=None,
            items=[
                SuggestionView(
                    module_id=one.module.id,
                    title=one.module.title.to(language),
                    level=LEVEL_NAMES[one.module.level].to(language),
                    reason=reason_of(one, learning.catalogue, language),
                    rule=one.rule,
                )
                for one in suggested.items
            ],
        )

    return router
