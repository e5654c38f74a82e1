"""The HTTP interface of consent: parse, authorise, call."""

from typing import Any, Final, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from services.consent.application.handle import Circumstances, Consents
from services.consent.application.held import held_by
from services.consent.application.provided import provided
from services.consent.application.read import (
    ConsentsView,
    ConsentView,
    HistoryView,
    consents_view,
    history_view,
)
from services.consent.domain.errors import UnknownDecisionError
from services.consent.domain.events import ConsentGranted, ConsentWithdrawn, Gesture
from services.consent.domain.receipt import receipt
from services.consent.entrypoints.circumstances import CircumstancesBody
from shared.archive import Stated
from shared.event_store import Metadata
from shared.events.base import Identifier, SubjectId
from shared.held_data import HeldData
from shared.http.auth import Caller
from shared.http.idempotency import Once, PublicOnce
from shared.http.problems import language_of
from shared.personal import Category
from shared.portability.file import ConsentPart
from shared.vault import RestrictedError

JSON_LD: Final = "application/ld+json"


class DecisionBody(CircumstancesBody):
    """A decision about one consent."""

    decision: Literal["granted", "withdrawn"]


class UnsubscriptionBody(BaseModel):
    """The token of an unsubscribe link."""

    token: str = Field(max_length=1000)
    place: Literal["letter", "mail_program", "api"] = "api"


class Unsubscribed(BaseModel):
    """The same answer whoever the link is about."""

    purpose: str


def router(consents: Consents, context: dict[str, Any], portal: str) -> APIRouter:
    """Return the routes of the service.

    Args:
        consents: the use cases.
        context: the JSON-LD context of receipts.
        portal: where people reach the portal.
    """
    routes = APIRouter(tags=["consent"])

    @routes.get("/me/consents")
    async def show(request: Request, principal: Caller) -> ConsentsView:
        """Return what rests on consent, what may be objected to and restricted, and what is so."""
        decided = await consents.of(principal.subject)
        return consents_view(decided, consents.purposes, language_of(request))

    @routes.get("/me/decisions")
    async def decisions(request: Request, principal: Caller) -> HistoryView:
        """Return every decision ever taken, with its proof: what was shown, where, when, how."""
        recorded = await consents.history(principal.subject)
        return history_view(recorded, consents.purposes, language_of(request))

    @routes.get("/me/decisions/{decision_id}/receipt", response_class=JSONResponse)
    async def hand_out_receipt(decision_id: Identifier, principal: Caller) -> JSONResponse:
        """Return the receipt of a decision about a consent (ISO/IEC TS 27560, as JSON-LD)."""
        for record in await consents.history(principal.subject):
            event = record.event
            if record.id == decision_id and isinstance(event, ConsentGranted | ConsentWithdrawn):
                asked = consents.purposes.consent(event.purpose)
                content = receipt(record.id, event, asked, context, portal=portal)
                return JSONResponse(content, media_type=JSON_LD)
        raise UnknownDecisionError

    @routes.post("/me/consents/{purpose}")
    async def decide(
        purpose: str,
        body: DecisionBody,
        request: Request,
        principal: Caller,
        once: Once,
    ) -> ConsentView:
        """Grant or withdraw one consent (C9.2)."""
        seen = body.seen(request)
        learner_id, meta = principal.subject, Metadata.by(principal, once)
        if once.earlier is not None:
            state = await consents.right_after(once.earlier)
        elif body.decision == "granted":
            state = await consents.give(learner_id, purpose, seen, meta)
        else:
            state = await consents.withdraw(learner_id, purpose, seen, meta)
        view = consents_view(state, consents.purposes, seen.language)
        return next(one for one in view.consents if one.purpose == purpose)

    @routes.post("/unsubscriptions")
    async def unsubscribe(
        body: UnsubscriptionBody, request: Request, once: PublicOnce
    ) -> Unsubscribed:
        """Withdraw the consent behind an unsubscribe link, without a session (C9.2, RFC 8058)."""
        gesture: Gesture = "one_click" if body.place == "mail_program" else "button"
        seen = Circumstances(language_of(request), body.place, gesture)
        return Unsubscribed(purpose=await consents.unsubscribe(body.token, seen, once))

    @routes.get("/me/held-data")
    @routes.get("/me/export")
    async def held(principal: Caller) -> HeldData:
        """Return the decisions held about the caller (C8.1), for a page or a file."""
        return await _held(consents, principal.subject)

    @routes.get("/me/provided")
    async def my_provided(principal: Caller) -> ConsentPart:
        """Return what the caller decided, for the portability file (C8.5)."""
        return provided(await consents.of(principal.subject))

    @routes.get("/learners/{learner_id}/held-data")
    async def held_about(learner_id: Identifier, stated: Stated) -> HeldData:
        """Return the decisions held about one learner, for the DPO.

        Where the profile is restricted, a reason is needed (C8.3).
        """
        subject = SubjectId(learner_id)
        if stated is None and (await consents.of(subject)).restricts("profile"):
            raise RestrictedError(Category.PROFILE)
        return await _held(consents, subject)

    return routes


async def _held(consents: Consents, subject: SubjectId) -> HeldData:
    return HeldData(items=await held_by(consents, subject))
