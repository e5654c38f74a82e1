"""The HTTP interface of consent: parse, authorise, call."""

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from services.consent.application.handle import Consents
from services.consent.application.read import (
    ConsentsView,
    ConsentView,
    ObjectionView,
    consents_view,
    held_decisions,
)
from services.consent.domain.purposes import Language
from shared.event_store import Metadata
from shared.events.base import Identifier, SubjectId
from shared.held_data import HeldData
from shared.http.auth import Caller
from shared.http.idempotency import Once, PublicOnce
from shared.http.problems import language_of


class DecisionBody(BaseModel):
    """A decision about one consent."""

    decision: Literal["granted", "withdrawn"]
    language: Language | None = None
    """Language in which the text was shown; else that of the request."""
    text_version: Identifier | None = None
    """Version that was shown; else the one in force."""


class UnsubscriptionBody(BaseModel):
    """The token of an unsubscribe link."""

    token: str = Field(max_length=1000)


class Unsubscribed(BaseModel):
    """The same answer whoever the link is about."""

    purpose: str


def router(consents: Consents) -> APIRouter:
    """Return the routes of the service."""
    routes = APIRouter(tags=["consent"])

    @routes.get("/me/consents")
    async def show(request: Request, principal: Caller) -> ConsentsView:
        """Return what rests on consent and what may be objected to, with the decisions so far."""
        decided = await consents.of(principal.subject)
        return consents_view(decided, consents.purposes, language_of(request))

    @routes.post("/me/consents/{purpose}")
    async def decide(
        purpose: str,
        body: DecisionBody,
        request: Request,
        principal: Caller,
        once: Once,
    ) -> ConsentView:
        """Grant or withdraw one consent (C9.2)."""
        language = body.language or language_of(request)
        learner_id, meta = principal.subject, Metadata.by(principal, once)
        if once.earlier is not None:
            state = await consents.right_after(once.earlier)
        elif body.decision == "granted":
            state = await consents.give(
                learner_id, purpose, language, meta, text_version=body.text_version
            )
        else:
            state = await consents.withdraw(learner_id, purpose, language, meta)
        view = consents_view(state, consents.purposes, language)
        return next(one for one in view.consents if one.purpose == purpose)

    @routes.put("/me/objections/{purpose}")
    async def object_to(
        purpose: str, request: Request, principal: Caller, once: Once
    ) -> ObjectionView:
        """Object to one purpose (C8.3)."""
        language, meta = language_of(request), Metadata.by(principal, once)
        state = await consents.object_to(principal.subject, purpose, language, meta)
        view = consents_view(state, consents.purposes, language)
        return next(one for one in view.objections if one.purpose == purpose)

    @routes.delete("/me/objections/{purpose}")
    async def lift(purpose: str, request: Request, principal: Caller, once: Once) -> ObjectionView:
        """Object to one purpose no longer."""
        language, meta = language_of(request), Metadata.by(principal, once)
        state = await consents.lift_objection(principal.subject, purpose, language, meta)
        view = consents_view(state, consents.purposes, language)
        return next(one for one in view.objections if one.purpose == purpose)

    @routes.post("/unsubscriptions")
    async def unsubscribe(
        body: UnsubscriptionBody, request: Request, once: PublicOnce
    ) -> Unsubscribed:
        """Withdraw the consent behind an unsubscribe link, without a session (C9.2)."""
        purpose = await consents.unsubscribe(body.token, language_of(request), once)
        return Unsubscribed(purpose=purpose)

    @routes.get("/me/held-data")
    @routes.get("/me/export")
    async def held(principal: Caller) -> HeldData:
        """Return the decisions held about the caller (C8.1), for a page or a file."""
        return HeldData(items=held_decisions(await consents.of(principal.subject)))

    @routes.get("/learners/{learner_id}/held-data")
    async def held_about(learner_id: Identifier) -> HeldData:
        """Return the decisions held about one learner, for the DPO."""
        return HeldData(items=held_decisions(await consents.of(SubjectId(learner_id))))

    return routes
