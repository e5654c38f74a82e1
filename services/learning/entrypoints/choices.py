"""What a choice would change, asked before it is made (C8.3)."""

from typing import Literal

from fastapi import APIRouter

from services.learning.application.consequences import consequences
from services.learning.application.handle import Learning
from services.learning.entrypoints.asking import In
from shared.choices import Consequences, token
from shared.events.base import Identifier
from shared.http.auth import Caller


def choices_router(learning: Learning) -> APIRouter:
    """Return the learner's route about the consequences of choices."""
    router = APIRouter(tags=["choices"])

    @router.get("/me/consequences/{kind}/{about}")
    async def explain(
        kind: Literal["objection", "restriction"], about: Identifier, who: Caller, language: In
    ) -> Consequences:
        """Return what an objection or restriction would stop here, with the caller's examples."""
        return await consequences(learning, who.subject, token(kind, about), language)

    return router
