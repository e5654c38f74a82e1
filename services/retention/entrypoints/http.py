"""What everybody may ask, the rules; and what the learner may."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from services.retention.application.uses import Uses
from services.retention.domain.clocks.compute import clocks_of
from services.retention.domain.clocks.telling import told_of
from services.retention.domain.life.told import as_told
from services.retention.entrypoints.views import going_view, rule_view, staying_view
from shared.event_store import Metadata
from shared.http.auth import Caller
from shared.http.idempotency import Once
from shared.http.problems import language_of


class Confirmation(BaseModel):
    """The intention, confirmed (C8.4)."""

    confirm: bool


def http_router(uses: Uses) -> APIRouter:
    """Return the routes that are not the data protection officer's."""
    router = APIRouter(tags=["retention"])

    @router.get("/rules")
    async def rules_in_force(request: Request) -> dict[str, Any]:
        """Return the rules in force, in the caller's language; public."""
        language, rules = language_of(request), await uses.rules.current()
        return {
            "version": rules.version,
            "digest": rules.digest,
            "title": rules.title.say(language),
            "reasoning": rules.reasoning.say(language),
            "items": [rule_view(rule, language) for rule in rules.rules],
        }

    @router.get("/me/clocks")
    async def my_clocks(request: Request, learner: Caller) -> dict[str, Any]:
        """Return the clock over everything held about the caller: until when, by which rule."""
        life, rules = await uses.lives.load(learner.subject), await uses.rules.current()
        now, language = uses.clock.now(), language_of(request)
        if life is None:
            return {"items": []}
        known = as_told(life, now)
        clocks = clocks_of(rules, known)
        return {"items": [told_of(clock, rules, language, now, known) for clock in clocks]}

    @router.get("/me/erasure")
    async def my_erasure(request: Request, learner: Caller) -> dict[str, Any]:
        """Tell what a request would erase now, and what stays, why, until when (C8.4)."""
        plan = await uses.requests.plan(learner.subject)
        language, rules = language_of(request), await uses.rules.current()
        return {
            "goes": [going_view(scope.category, scope.object) for scope in plan.goes],
            "stays": [staying_view(one, rules, language) for one in plan.stays],
            "irreversible": True,
            "destruction_delay_hours": uses.destruction_delay / timedelta(hours=1),
        }

    @router.post("/me/erasure", status_code=202)
    async def erase_me(
        body: Confirmation,
        learner: Caller,
        once: Once,
    ) -> dict[str, str]:
        """Erase the caller's account and all traces, except what the law keeps (C8.4)."""
        case_id = await uses.requests.request(
            learner.subject,
            confirm=body.confirm,
            meta=Metadata.by(learner, once),
        )
        return {"case_id": case_id}

    @router.get("/me/held-data")
    async def my_held_data() -> dict[str, Any]:
        """Return what this service holds about the caller: dates and identifiers, no values."""
        return {"items": []}

    return router
