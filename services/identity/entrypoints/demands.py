"""Official demands over HTTP: the officer's register, the second person, the person, the public."""

from base64 import b64encode
from datetime import datetime
from typing import Any, Final, Literal

from fastapi import APIRouter

from services.identity.adapters.file_types import media_type_of
from services.identity.application.demands import Demands, Noted
from services.identity.domain.demand import commands as c
from services.identity.domain.demand.errors import NoDisclosureError
from services.identity.domain.demand.events import Basis
from services.identity.domain.majority import PARIS
from services.identity.domain.support.files import SUFFIXES
from services.identity.entrypoints import demand_views as v
from services.identity.entrypoints.answers import PageOf
from services.identity.entrypoints.demand_bodies import (
    CheckBody,
    ClosureBody,
    ContestBody,
    ContestResultBody,
    DemandBody,
    DisclosureBody,
    SecrecyBody,
    end_of,
    start_of,
)
from services.identity.entrypoints.files import taken
from services.identity.entrypoints.lists import PageNumber, PageSize
from services.identity.projections.demands import DemandList, ToldDisclosures
from services.identity.settings import IdentitySettings
from shared.disclosures.part import values_of
from shared.event_store import Metadata
from shared.events.base import Identifier
from shared.events.demands import (
    CHECKED_POINTS,
    DEMAND_KINDS,
    DemandKind,
)
from shared.http.auth import Caller
from shared.http.idempotency import Once
from shared.http.problems import NOT_FOUND, ProblemError
from shared.service import Kernel

MASKED_BELOW: Final = 10
"""Counts smaller than this could point at somebody who knows one of them."""
YEARS: Final = 5
DemandFilter = Literal["open", "contested", "to_approve", "overdue", "closed", "all"]


def demands_router(kernel: Kernel[IdentitySettings], demands: Demands) -> APIRouter:
    """Return the endpoints of the officer's register."""
    router = APIRouter(tags=["official demands"])
    listed = kernel.read_model(DemandList())

    @router.get("/demands")
    async def register(
        state: DemandFilter = "open",
        kind: DemandKind | None = None,
        page: PageNumber = 1,
        size: PageSize = 20,
    ) -> PageOf[v.DemandSummary]:
        """Return demands, the latest first: codes, dates and opaque ids."""
        now = kernel.clock.now()
        query = _of_state(state, now) | ({} if kind is None else {"kind": kind})
        order = (("received_at", -1), ("_id", 1))
        found = await listed.find(query, sort=order, skip=(page - 1) * size, limit=size)
        return PageOf(
            items=[v.summary(one, now) for one in found],
            total=await listed.count(query),
            page=page,
            size=size,
        )

    @router.post("/demands", status_code=201)
    async def note(body: DemandBody, who: Caller, once: Once) -> dict[str, str | int]:
        """Note a demand with its document; one that names nobody is contested at once."""
        demand_id = once.first_id()
        document = next(iter(taken(body.files)), None)
        noted = Noted(
            kind=body.kind,
            authority=body.authority,
            basis=Basis(
                article=body.article,
                article_reference=body.article_reference,
                reference=body.reference,
                matter_id=body.matter_id,
            ),
            received_at=start_of(body.received_on),
            due_at=None if body.due_on is None else end_of(body.due_on),
            scope=body.scope(),
            bans=body.bans(),
            document=document,
        )
        meta = Metadata.by(who, once)
        unknown = await demands.register(demand_id, noted, body.persons, meta)
        return {"demand_id": demand_id, "unknown_persons": unknown}

    @router.get("/demands/{demand_id}")
    async def one(demand_id: Identifier) -> v.DemandView:
        """Return one demand: its scope, what would be disclosed and what not, its history."""
        return v.demand_view(await demands.demand(demand_id), await demands.history(demand_id))

    @router.post("/demands/{demand_id}/check", status_code=204)
    async def check(demand_id: Identifier, body: CheckBody, who: Caller, once: Once) -> None:
        """Answer the four points; with one that fails nothing can be prepared."""
        answers = {point: point in body.holds for point in CHECKED_POINTS}
        command = c.CheckDemand(answers, who.subject)
        await demands.handle(demand_id, command, Metadata.by(who, once))

    @router.post("/demands/{demand_id}/contest", status_code=204)
    async def contest(demand_id: Identifier, body: ContestBody, who: Caller, once: Once) -> None:
        """Contest it: nothing is disclosed before that is settled."""
        until = None if body.until is None else end_of(body.until)
        command = c.ContestDemand(tuple(sorted(set(body.reasons))), body.forum, until)
        await demands.handle(demand_id, command, Metadata.by(who, once))

    @router.post("/demands/{demand_id}/contest-result", status_code=204)
    async def settle(
        demand_id: Identifier, body: ContestResultBody, who: Caller, once: Once
    ) -> None:
        """Record what contesting came to; a narrower scope takes the place of the first."""
        scope = None
        if body.scope is not None:
            found = [await demands.find(name) for name in body.scope.persons]
            known = (person for person in found if person is not None)
            scope = body.scope.scope(tuple(dict.fromkeys(known)))
        command = c.SettleContest(body.result, kernel.clock.now(), scope)
        await demands.handle(demand_id, command, Metadata.by(who, once))

    @router.post("/demands/{demand_id}/secrecy", status_code=204)
    async def secrecy(demand_id: Identifier, body: SecrecyBody, who: Caller, once: Once) -> None:
        """Record that the ban on telling was extended, placed, or is over."""
        command = c.ChangeSecrecy(body.bans(), kernel.clock.now())
        await demands.handle(demand_id, command, Metadata.by(who, once))

    @router.post("/demands/{demand_id}/closure", status_code=204)
    async def close(demand_id: Identifier, body: ClosureBody, who: Caller, once: Once) -> None:
        """End it without a disclosure."""
        command = c.CloseDemand(body.outcome, who.subject)
        await demands.handle(demand_id, command, Metadata.by(who, once))

    return router


def disclosures_router(kernel: Kernel[IdentitySettings], demands: Demands) -> APIRouter:
    """Return the endpoints by which a disclosure is prepared, approved and handed over."""
    router = APIRouter(tags=["official demands"])

    @router.get("/demands/{demand_id}/document")
    async def document(demand_id: Identifier) -> v.DemandFile:
        """Return the authority's document."""
        found = await demands.document(demand_id)
        if found is None:
            raise ProblemError(NOT_FOUND)
        content, media_type = found
        name = f"demand.{SUFFIXES.get(media_type_of(content) or '', 'bin')}"
        encoded = b64encode(content).decode()
        return v.DemandFile(name=name, media_type=media_type, content=encoded)

    @router.post("/demands/{demand_id}/disclosure", status_code=202)
    async def prepare(demand_id: Identifier, who: Caller, once: Once) -> dict[str, str]:
        """Have every service compose what the scope covers, and nothing else."""
        disclosure_id = once.first_id("disclosure")
        command = c.PrepareDisclosure(disclosure_id, who.subject, kernel.clock.now())
        await demands.handle(demand_id, command, Metadata.by(who, once))
        return {"disclosure_id": disclosure_id}

    @router.get("/demands/{demand_id}/disclosure/values")
    async def values(demand_id: Identifier) -> v.DisclosedValues:
        """Return every value that would be handed over."""
        state = await demands.demand(demand_id)
        if state.disclosure is None:
            raise NoDisclosureError
        contents = await demands.contents(state.disclosure)
        return v.DisclosedValues(
            items=[
                v.DisclosedValue.model_validate({**value, "person": person, "service": service})
                for service, content in contents.items()
                for person, some in values_of(content).items()
                for value in some
            ]
        )

    @router.post("/demands/{demand_id}/disclosure/approval", status_code=204)
    async def approve(demand_id: Identifier, body: DisclosureBody, who: Caller, once: Once) -> None:
        """Agree, as the second person, to exactly what was composed."""
        command = c.ApproveDisclosure(body.disclosure_id, who.subject)
        await demands.handle(demand_id, command, Metadata.by(who, once))

    @router.post("/demands/{demand_id}/disclosure/refusal", status_code=204)
    async def decline(demand_id: Identifier, body: DisclosureBody, who: Caller, once: Once) -> None:
        """Refuse, as the second person: what was composed goes."""
        command = c.EndDisclosure(body.disclosure_id, "declined", who.subject)
        await demands.handle(demand_id, command, Metadata.by(who, once))

    @router.post("/demands/{demand_id}/delivery")
    async def deliver(
        demand_id: Identifier, body: DisclosureBody, who: Caller, once: Once
    ) -> v.DemandFile:
        """Return the file to hand over, once; its copy here is destroyed."""
        meta = Metadata.by(who, once)
        packed = await demands.deliver(demand_id, body.disclosure_id, meta)
        content = b64encode(packed).decode()
        return v.DemandFile(name="disclosure.zip", media_type="application/zip", content=content)

    return router


def told_router(kernel: Kernel[IdentitySettings]) -> APIRouter:
    """Return what a person may know of disclosures, and what everybody may know of demands."""
    router = APIRouter(tags=["official demands"])
    told = kernel.read_model(ToldDisclosures())
    listed = kernel.read_model(DemandList())

    @router.get("/me/disclosures")
    async def mine(who: Caller) -> v.ToldDisclosures:
        """Return what authorities were given about the caller, as far as it may be told (C6.2)."""
        found = await told.find({"subject_id": who.subject}, sort=(("disclosed_at", -1),))
        return v.ToldDisclosures(items=[v.ToldDisclosure.model_validate(one) for one in found])

    @router.get("/transparency")
    async def transparency() -> v.Transparency:
        """Return how many demands came by year and kind, and what became of them; counts alone."""
        year = kernel.clock.now().astimezone(PARIS).year
        rows = [
            v.KindOfYear(
                year=one,
                kind=kind,
                received=_masked(await listed.count({"year": one, "kind": kind})),
                disclosed=_masked(
                    await listed.count({"year": one, "kind": kind, "outcome": "disclosed"})
                ),
                contested=_masked(
                    await listed.count({"year": one, "kind": kind, "ever_contested": True})
                ),
                turned_down=_masked(
                    await listed.count({"year": one, "kind": kind, "outcome": {"$in": _NOTHING}})
                ),
            )
            for one in range(year, year - YEARS, -1)
            for kind in DEMAND_KINDS
        ]
        return v.Transparency(fewer_than=MASKED_BELOW, rows=rows)

    return router


_NOTHING: Final = ["refused", "not_possible", "set_aside", "withdrawn"]


def _masked(count: int) -> int | None:
    return count if count == 0 or count >= MASKED_BELOW else None


def _of_state(state: DemandFilter, now: datetime) -> dict[str, Any]:
    match state:
        case "open":
            return {"outcome": None}
        case "contested":
            return {"outcome": None, "contested": True}
        case "to_approve":
            return {"disclosure_id": {"$ne": None}, "approved": False}
        case "overdue":
            return {"outcome": None, "due_at": {"$lt": now}}
        case "closed":
            return {"outcome": {"$ne": None}}
        case "all":
            return {}
