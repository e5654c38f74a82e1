"""The privacy policy over HTTP: read, compared, answered, published (C12)."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from services.consent.application.handle import Consents
from services.consent.application.policy import PolicyBook
from services.consent.application.policy_views import (
    ComparisonView,
    OwnPolicyView,
    PolicyView,
    RegisterView,
    comparison_view,
    own_view,
    policy_view,
    public_text,
    register_view,
)
from services.consent.domain.errors import UnknownPolicyError
from services.consent.domain.purposes import Language
from shared.event_store import Metadata
from shared.events.base import Identifier
from shared.events.consent import PolicyAnswer
from shared.http.auth import Caller
from shared.http.idempotency import Once
from shared.http.problems import language_of

Version = Annotated[Identifier, Query()]


class AnswerBody(BaseModel):
    """What a learner says to the version that was announced."""

    version: Identifier
    answer: PolicyAnswer
    language: Language | None = None
    """Language in which it was read; else that of the request."""


class PublicationBody(BaseModel):
    """The version to publish."""

    version: Identifier
    substantial: bool
    effective_on: date | None = None
    """First day on which it holds, in France; none: as early as may be."""


def policy_router(book: PolicyBook, consents: Consents) -> APIRouter:
    """Return the routes of the policy."""
    routes = APIRouter(tags=["consent"])

    @routes.get("/policy")
    async def show(request: Request, version: Identifier | None = None) -> PolicyView:
        """Return the version in force, or another that is or was public, in full."""
        state, now = await book.state(), book.clock.now()
        return policy_view(book.policies, state, now, language_of(request), version)

    @routes.get("/policy/changes")
    async def changes(request: Request, since: Version, to: Version) -> ComparisonView:
        """Return what changes between two versions that are or were public, word by word."""
        state = await book.state()
        old, new = (public_text(book.policies, state, version) for version in (since, to))
        return comparison_view(old, new, language_of(request))

    @routes.get("/me/policy")
    async def own(request: Request, principal: Caller) -> OwnPolicyView:
        """Return which version the caller is asked about, and what they have said (C12.1)."""
        state, decided = await book.state(), await consents.of(principal.subject)
        return own_view(book.policies, state, decided, book.clock.now(), language_of(request))

    @routes.post("/me/policy/answers")
    async def answer(
        body: AnswerBody, request: Request, principal: Caller, once: Once
    ) -> OwnPolicyView:
        """Accept or refuse the version that was announced (C12.1)."""
        state = await book.state()
        announced = state.announced
        if announced is None or announced.version != body.version:
            raise UnknownPolicyError
        language = body.language or language_of(request)
        decided = await consents.answer_policy(
            principal.subject,
            body.answer,
            announced,
            language,
            Metadata.by(principal, once),
        )
        return own_view(book.policies, state, decided, book.clock.now(), language_of(request))

    @routes.get("/policy/register")
    async def register(request: Request) -> RegisterView:
        """Return every version, published or ready, for the DPO."""
        state = await book.state()
        return register_view(book.policies, state, book.clock.now(), language_of(request))

    @routes.get("/policy/register/changes")
    async def drafted(request: Request, since: Version, to: Version) -> ComparisonView:
        """Return what changes between any two versions, also those that are only ready."""
        texts = book.policies
        return comparison_view(texts.text(since), texts.text(to), language_of(request))

    @routes.post("/policy/publications")
    async def publish(
        body: PublicationBody, request: Request, principal: Caller, once: Once
    ) -> RegisterView:
        """Publish a version; a substantial one is announced to everybody (C12.1)."""
        state = await book.publish(
            body.version,
            Metadata.by(principal, once),
            substantial=body.substantial,
            effective_on=body.effective_on,
            by=principal.subject,
        )
        return register_view(book.policies, state, book.clock.now(), language_of(request))

    return routes
