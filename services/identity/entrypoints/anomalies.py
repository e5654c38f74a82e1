"""The register of anomalies over HTTP: security's list, and the person's answer to a letter."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from services.identity.adapters.geography import Geography
from services.identity.application.anomalies import Anomalies, details_of
from services.identity.application.notices import SignInNotices
from services.identity.application.watch_book import standings
from services.identity.domain.anomaly.commands import DismissAnomaly
from services.identity.domain.anomaly.events import AnomalyNoticed
from services.identity.domain.anomaly.rules import WatchRules
from services.identity.entrypoints.answers import AnomalyView
from services.identity.entrypoints.bodies import Body, TokenBody
from services.identity.entrypoints.lists import Page, PageNumber, PageSize
from services.identity.projections.anomalies import AnomalyList
from services.identity.settings import IdentitySettings
from shared.archive import ArchiveGate, Stated
from shared.consuming.projections import visible
from shared.event_store import Metadata
from shared.events.base import Identifier
from shared.events.identity import FalseAlarm
from shared.http.auth import Caller
from shared.http.idempotency import Once, PublicOnce
from shared.personal import Category
from shared.service import Kernel

KEPT: Final = timedelta(days=183)
"""Older anomalies are not shown: what was seen is gone by then (C1.5)."""
State = Literal["", "open", "own", "false_alarm", "incident"]


class DismissalBody(Body):
    """Why nothing is wrong."""

    reason: FalseAlarm


class AnswerBody(TokenBody):
    """Whether it was the person."""

    mine: bool


class Asked(BaseModel):
    """What the person is shown of a sign-in before they answer."""

    rule: str
    at: str
    device: str | None
    country: str | None
    """ISO 3166-1 alpha-2, where it is known."""
    mine: bool | None


def anomalies_router(
    kernel: Kernel[IdentitySettings],
    anomalies: Anomalies,
    rules: WatchRules,
    geography: Geography,
    gate: ArchiveGate,
) -> APIRouter:
    """Return the routes of the register."""
    router = APIRouter(tags=["anomalies"])
    listed = kernel.read_model(AnomalyList())

    @router.get("/anomalies")
    async def list_anomalies(
        state: State = "", rule: Identifier | None = None, page: PageNumber = 1, size: PageSize = 20
    ) -> Page:
        """Return anomalies of the last six months, the latest first; ids and counts alone."""
        query: dict[str, Any] = {"until": {"$gte": kernel.clock.now() - KEPT}}
        query |= {"state": state} if state else {}
        query |= {"rule": rule} if rule else {}
        order = [("until", -1), ("_id", 1)]
        found = await listed.find(query, sort=order, skip=(page - 1) * size, limit=size)
        total = await listed.count(query)
        return Page(items=[visible(one) for one in found], total=total, page=page, size=size)

    @router.get("/watch-rules")
    async def watch_rules() -> dict[str, Any]:
        """Return the rules in force, and which of them watches nothing, and why."""
        return {
            "version": rules.version,
            "geography": {"active": geography.active, "made_at": geography.made_at},
            "rules": [
                {
                    **one.rule.model_dump(mode="json"),
                    "active": one.inactive_because is None,
                    "inactive_because": one.inactive_because,
                }
                for one in standings(rules, geography)
            ],
        }

    @router.get("/anomalies/{anomaly_id}", response_model=AnomalyView)
    async def anomaly(anomaly_id: Identifier, who: Caller, stated: Stated) -> dict[str, Any]:
        """Return one anomaly with what was seen, and what an incident would be filled in with."""
        state = await anomalies.state(anomaly_id)
        found = state.found
        seen: Mapping[str, str] = {}
        if isinstance(found, AnomalyNoticed):
            traced = [Category.TECHNICAL_TRACES]
            await gate.admit(who, stated, found.subject_id, traced)
            seen = details_of(found.seen)
        row = await listed.get(anomaly_id) or {}
        suspicion = None if found is None else found.suspicion
        return {
            **visible(row),
            "anomaly_id": anomaly_id,
            "seen": seen,
            "suspicion": None if suspicion is None else suspicion.model_dump(mode="json"),
            "incident_id": state.incident_id,
            "reason": state.dismissed,
            "mine": state.mine,
        }

    @router.post("/anomalies/{anomaly_id}/dismissal", status_code=204)
    async def dismiss(anomaly_id: Identifier, body: DismissalBody, who: Caller, once: Once) -> None:
        """Say that nothing is wrong, and why."""
        command = DismissAnomaly(body.reason, who.subject, kernel.clock.now())
        await anomalies.act(anomaly_id, command, Metadata.by(who, once))

    return router


def notices_router(notices: SignInNotices) -> APIRouter:
    """Return the routes behind the link in a letter about a sign-in."""
    router = APIRouter(tags=["anomalies"])

    @router.post("/sign-in-notices/asked")
    async def asked(body: TokenBody) -> Asked:
        """Return the sign-in that the letter is about; nothing changes."""
        state, found = await notices.read(body.token)
        seen = details_of(found.seen)
        return Asked(
            rule=found.rule,
            at=found.until.isoformat(),
            device=seen.get("device"),
            country=seen.get("to") or None,
            mine=state.mine,
        )

    @router.post("/sign-in-notices", status_code=204)
    async def answer(body: AnswerBody, once: PublicOnce) -> None:
        """Say whether it was oneself; if not, sessions end and the password no longer opens."""
        await notices.answer(body.token, once, mine=body.mine)

    return router
