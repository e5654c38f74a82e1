"""What a choice would change about messages, asked before it is made (C8.3)."""

from collections.abc import Sequence
from typing import Literal

from fastapi import APIRouter, Request

from services.notify.application.uses import COURSE_MAIL
from shared.choices import Consequences, Use, consequences_of, token
from shared.events.base import Identifier
from shared.http.problems import language_of


def choices_router() -> APIRouter:
    """Return the route about the consequences of choices."""
    router = APIRouter(tags=["choices"])

    @router.get("/me/consequences/{kind}/{about}")
    async def explain(
        kind: Literal["objection", "restriction"],
        about: Identifier,
        request: Request,
    ) -> Consequences:
        """Return what an objection or restriction would stop here."""
        choice = token(kind, about)
        return await consequences_of(choice, [COURSE_MAIL], language_of(request), _no_examples)

    return router


async def _no_examples(_use: Use) -> Sequence[str]:
    return ()
