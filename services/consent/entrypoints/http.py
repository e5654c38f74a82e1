"""Consents and objections over HTTP."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, StringConstraints

from services.consent.adapters.purposes import Purposes
from services.consent.application.handle import Consents
from services.consent.domain import commands as c
from shared.event_store import Metadata
from shared.events.consent import ObjectionPurpose, Purpose
from shared.held_data import HeldData
from shared.http.auth import Principal, Role, require
from shared.http.problems import language_of
from shared.ids import new_id
from shared.unsubscribe import UnsubscribeLinks

Learner = Annotated[Principal, Depends(require(Role.LEARNER))]
Dpo = Annotated[Principal, Depends(require(Role.DPO))]


class ConsentItem(BaseModel):
    """One purpose that rests on consent, as shown to the person."""

    purpose: Purpose
    title: str
    text: str
    text_version: str
    granted: bool
    since: datetime | None


class ObjectionItem(BaseModel):
    """One purpose the person may object to, with what that changes."""

    purpose: ObjectionPurpose
    title: str
    consequences: str
    raised: bool
    since: datetime | None


class ConsentsAnswer(BaseModel):
    """Everything the person can decide about."""

    purposes: list[ConsentItem]
    objections: list[ObjectionItem]


class DecisionBody(BaseModel):
    """A decision about one purpose."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["granted", "withdrawn"]


class UnsubscriptionBody(BaseModel):
    """The token of an unsubscribe link."""

    model_config = ConfigDict(extra="forbid")

    token: Annotated[str, StringConstraints(min_length=1, max_length=1000)]


def consent_router(consents: Consents, purposes: Purposes, links: UnsubscribeLinks) -> APIRouter:
    """Return the endpoints of consent."""
    router = APIRouter(tags=["consent"])

    @router.get("/me/consents")
    async def mine(request: Request, principal: Learner) -> ConsentsAnswer:
        """Return every purpose with its text and the caller's decision."""
        language = language_of(request)
        decisions, since = await consents.decisions(principal.subject)
        return ConsentsAnswer(
            purposes=[
                ConsentItem(
                    purpose=shown.purpose,
                    title=shown.title.in_language(language),
                    text=shown.text.in_language(language),
                    text_version=shown.text_version,
                    granted=shown.purpose in decisions.granted,
                    since=since.get(shown.purpose),
                )
                for shown in purposes.consents
            ],
            objections=[
                ObjectionItem(
                    purpose=shown.purpose,
                    title=shown.title.in_language(language),
                    consequences=shown.consequences.in_language(language),
                    raised=shown.purpose in decisions.objected,
                    since=since.get(shown.purpose),
                )
                for shown in purposes.objections
            ],
        )

    @router.post("/me/consents/{purpose}")
    async def decide(
        purpose: Purpose, body: DecisionBody, request: Request, principal: Learner
    ) -> dict[str, bool]:
        """Grant or withdraw consent for one purpose; the text shown is kept as proof (C9.2)."""
        granted = body.decision == "granted"
        command: c.ConsentCommand
        if granted:
            shown = purposes.consent(purpose)
            command = c.GiveConsent(
                principal.subject, purpose, shown.text_version, language_of(request), "portal"
            )
        else:
            command = c.WithdrawConsent(principal.subject, purpose, "portal")
        await consents.handle(principal.subject, command, Metadata.by(principal))
        return {"granted": granted}

    @router.put("/me/objections/{purpose}")
    async def object_to(purpose: ObjectionPurpose, principal: Learner) -> dict[str, bool]:
        """Object to a purpose: it stops at the point of use (C8.3)."""
        command = c.RaiseObjection(principal.subject, purpose)
        await consents.handle(principal.subject, command, Metadata.by(principal))
        return {"raised": True}

    @router.delete("/me/objections/{purpose}", status_code=204)
    async def lift(purpose: ObjectionPurpose, principal: Learner) -> None:
        """Take back an objection."""
        command = c.LiftObjection(principal.subject, purpose)
        await consents.handle(principal.subject, command, Metadata.by(principal))

    @router.post("/unsubscriptions")
    async def unsubscribe(body: UnsubscriptionBody) -> dict[str, str]:
        """Withdraw through a link, without a session; the answer never tells who exists."""
        learner_id, purpose = links.read(body.token)
        meta = Metadata(actor=learner_id, role="learner", correlation_id=new_id())
        command = c.WithdrawConsent(learner_id, purpose, "unsubscribe_link")
        await consents.handle(learner_id, command, meta)
        return {}

    @router.get("/me/held-data")
    async def my_held_data(principal: Learner) -> HeldData:
        """Return the personal values held: none, decisions carry only the pseudonymous id."""
        del principal
        return HeldData(items=[])

    @router.get("/learners/{learner_id}/held-data")
    async def held_data(learner_id: str, _: Dpo) -> HeldData:
        """Return the personal values held about a person: none."""
        del learner_id
        return HeldData(items=[])

    return router
