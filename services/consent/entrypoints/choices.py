"""Objection and restriction over HTTP (C8.3): each placed and lifted in one request."""

from typing import Final

from fastapi import APIRouter, Request
from pydantic import Field

from services.consent.application.handle import Circumstances, Consents
from services.consent.application.read import ObjectionView, RestrictionView, consents_view
from services.consent.entrypoints.circumstances import CircumstancesBody, Where
from shared.event_store import Metadata
from shared.http.auth import Caller
from shared.http.idempotency import Once
from shared.http.problems import language_of

LONGEST: Final = 20_000
"""Characters of the longest explanation."""


class ChoiceBody(CircumstancesBody):
    """An objection or a restriction, its consequences having been explained."""

    explained: str | None = Field(default=None, max_length=LONGEST)
    """The explanation as it was shown, with the person's own examples: kept, sealed, as proof."""


NO_BODY: Final = ChoiceBody()


def choices_router(consents: Consents) -> APIRouter:
    """Return the routes of objections and restrictions."""
    routes = APIRouter(tags=["consent"])

    @routes.put("/me/objections/{purpose}")
    async def object_to(
        purpose: str,
        request: Request,
        principal: Caller,
        once: Once,
        body: ChoiceBody = NO_BODY,
    ) -> ObjectionView:
        """Object to one purpose (C8.3)."""
        seen, meta = body.seen(request, body.explained), Metadata.by(principal, once)
        state = await consents.object_to(principal.subject, purpose, seen, meta)
        view = consents_view(state, consents.purposes, seen.language)
        return next(one for one in view.objections if one.purpose == purpose)

    @routes.delete("/me/objections/{purpose}")
    async def lift(
        purpose: str, request: Request, principal: Caller, once: Once, place: Where = "api"
    ) -> ObjectionView:
        """Object to one purpose no longer."""
        seen = Circumstances(language_of(request), place)
        meta = Metadata.by(principal, once)
        state = await consents.lift_objection(principal.subject, purpose, seen, meta)
        view = consents_view(state, consents.purposes, seen.language)
        return next(one for one in view.objections if one.purpose == purpose)

    @routes.put("/me/restrictions/{category}")
    async def restrict(
        category: str,
        request: Request,
        principal: Caller,
        once: Once,
        body: ChoiceBody = NO_BODY,
    ) -> RestrictionView:
        """Restrict a category to what the law leaves (C8.3, GDPR art. 18)."""
        seen, meta = body.seen(request, body.explained), Metadata.by(principal, once)
        state = await consents.restrict(principal.subject, category, seen, meta)
        view = consents_view(state, consents.purposes, seen.language)
        return next(one for one in view.restrictions if one.category == category)

    @routes.delete("/me/restrictions/{category}")
    async def lift_restriction(
        category: str, request: Request, principal: Caller, once: Once, place: Where = "api"
    ) -> RestrictionView:
        """Restrict a category no longer."""
        seen = Circumstances(language_of(request), place)
        meta = Metadata.by(principal, once)
        state = await consents.lift_restriction(principal.subject, category, seen, meta)
        view = consents_view(state, consents.purposes, seen.language)
        return next(one for one in view.restrictions if one.category == category)

    return routes
