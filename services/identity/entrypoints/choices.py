"""What restricting profile or contact details would change here, asked before (C8.3)."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Literal

from fastapi import APIRouter, Request

from shared.choices import Consequences, Use, consequences_of, token
from shared.events.base import Identifier, SubjectId
from shared.http.auth import Caller
from shared.http.problems import language_of
from shared.words import Text

PROFILE: Final = Use(
    "profile_read",
    stopped_by=frozenset({token("restriction", "profile")}),
    title=Text(fr="Lecture de votre profil", en="Reading your profile"),
    stops=Text(
        fr="Ce que vous avez dit de vous n’est plus ouvert à personne d’autre que vous :",
        en="What you told of yourself is no longer opened for anybody but you:",
    ),
)
CONTACT: Final = Use(
    "contact_read",
    stopped_by=frozenset({token("restriction", "contact")}),
    title=Text(fr="Lecture de vos coordonnées", en="Reading your contact details"),
    stops=Text(
        fr="Notre personnel n’ouvre plus votre adresse ni votre téléphone.",
        en="Our staff no longer opens your address or telephone.",
    ),
)

Told = Callable[[SubjectId], Awaitable[Sequence[str]]]
"""Returns what a person told of themselves, value by value."""


def choices_router(told: Told) -> APIRouter:
    """Return the route about the consequences of choices."""
    router = APIRouter(tags=["choices"])

    @router.get("/me/consequences/{kind}/{about}")
    async def explain(
        kind: Literal["objection", "restriction"],
        about: Identifier,
        who: Caller,
        request: Request,
    ) -> Consequences:
        """Return what an objection or restriction would stop here, with the caller's own values."""

        async def examples(use: Use) -> Sequence[str]:
            return await told(who.subject) if use is PROFILE else ()

        choice = token(kind, about)
        return await consequences_of(choice, (PROFILE, CONTACT), language_of(request), examples)

    return router
