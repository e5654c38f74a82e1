"""The way back for a learner who lost every factor, over HTTP (C7.3, ADR 46)."""

from fastapi import APIRouter

from services.identity.application.factor_return import FactorReturn
from services.identity.entrypoints import bodies
from shared.http.idempotency import PublicOnce


def returns_router(returning: FactorReturn) -> APIRouter:
    """Return the endpoints of the way back."""
    router = APIRouter(tags=["authentication"])

    @router.post("/sessions/pending/factor-return", status_code=202)
    async def ask(body: bodies.PendingBody, once: PublicOnce) -> dict[str, str]:
        """Say, after the right password, that every factor is lost: a week's wait begins."""
        await returning.ask(body.pending, once)
        return {}

    @router.post("/factor-returns/confirmations")
    async def take(body: bodies.TokenBody, once: PublicOnce) -> dict[str, str]:
        """Remove every factor with the token of the link; 409 before the wait is over."""
        await returning.take(body.token, once)
        return {}

    @router.post("/factor-returns/stops")
    async def stop(body: bodies.TokenBody, once: PublicOnce) -> dict[str, str]:
        """Keep the factors, with the token of the notice; sessions end."""
        await returning.stop(body.token, once)
        return {}

    return router
