"""What awaits a second person: what it would do, and deciding about it."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from services.retention.application.uses import Uses
from services.retention.domain.errors import (
    ConfirmationOutdatedError,
    ProposalNotFoundError,
    ProposalOverError,
    SamePersonError,
)
from services.retention.domain.proposal.acts import (
    Act,
    AdoptRules,
    CloseMatter,
    NarrowHold,
    object_of,
)
from services.retention.entrypoints.paging import PAGE, Page
from shared.event_store import Metadata
from shared.events.base import Identifier
from shared.events.retention import (
    Authority,
    Ground,
    HeldScope,
    ProposalKind,
    ProposalOutcome,
)
from shared.http.auth import Caller
from shared.http.idempotency import Once
from shared.http.problems import NOT_FOUND, ProblemType, problem_response

PROPOSAL_PROBLEMS: Final[Mapping[type[Exception], ProblemType]] = {
    ProposalNotFoundError: NOT_FOUND,
    ProposalOverError: ProblemType(
        "proposal-over",
        HTTPStatus.CONFLICT,
        "Cette demande est déjà tranchée, ou ses sept jours sont passés. Refaites-la.",
        "This was decided already, or its seven days are over. Ask for it again.",
    ),
    SamePersonError: ProblemType(
        "same-person",
        HTTPStatus.FORBIDDEN,
        "Une autre personne doit confirmer : jamais celle qui demande.",
        "Somebody else has to confirm: never who asked for it.",
    ),
}
CONFIRMATION_OUTDATED: Final = ProblemType(
    "confirmation-outdated",
    409,
    "Le nombre d'éléments qui partiraient aussitôt n'est pas celui que vous avez confirmé.",
    "The number of objects that would go at once is not the one you confirmed.",
)
IN_STATE: Final[Mapping[str, Mapping[str, Any]]] = {
    "": {},
    "open": {"outcome": None},
    "settled": {"outcome": {"$ne": None}},
}


class ProposedView(BaseModel):
    """What a second person has to confirm, by when."""

    proposal_id: str
    expires_at: datetime


class ConfirmationBody(BaseModel):
    """The second person's agreement."""

    goes_at_once: Annotated[int, Field(ge=0)] | None = None
    """How many objects go at once when rules are adopted; as many as was asked when absent."""


class ProposalView(BaseModel):
    """An act that awaits, or had, a second person; free of personal data."""

    proposal_id: str
    kind: ProposalKind
    object: str
    """The digest of the rule set, the hold or the matter."""
    asked_by: str
    asked_at: datetime
    expires_at: datetime
    reason: str
    """In words of an adoption, a code of a hold or a matter."""
    own: bool
    """Whether the caller asked for it."""
    outcome: ProposalOutcome | None
    settled_by: str | None
    settled_at: datetime | None
    version: str | None = None
    """Of the rule set."""
    goes_at_once: int | None = None
    """How many objects who asked knew to go at once."""
    ground: Ground | None = None
    authority: Authority | None = None
    reference: str | None = None
    """File number of the matter, or of what the review rests on."""
    scopes: list[HeldScope] | None = None
    """What the hold keeps now."""
    left: list[HeldScope] | None = None
    """What it would still keep."""
    active_holds: int | None = None
    """Holds that closing the matter would lift."""


class ProposalsView(BaseModel):
    """One page of proposals."""

    items: list[ProposalView]
    page: int
    per_page: int
    total: int
    pages: int


async def asked(uses: Uses, act: Act, meta: Metadata, *, reason: str = "") -> ProposedView:
    """Ask for `act` and return what a second person has to confirm.

    Raises:
        RetentionError: it could not be carried out as things stand.
    """
    proposal_id = await uses.proposals.ask(meta.first_id("proposal"), act, meta, reason=reason)
    made = (await uses.proposals.state(proposal_id)).made
    if made is None:
        raise ProposalNotFoundError
    return ProposedView(proposal_id=proposal_id, expires_at=made.expires_at)


def outdated(request: Request, error: ConfirmationOutdatedError) -> JSONResponse:
    """Return the refusal that tells how many objects would go now."""
    going = {"goes_at_once": error.goes_at_once}
    return problem_response(request, CONFIRMATION_OUTDATED, going)


def proposals_router(uses: Uses) -> APIRouter:
    """Return the routes of proposals."""
    router = APIRouter(prefix="/proposals", tags=["second person"])

    @router.get("")
    async def proposals(
        who: Caller, state: Literal["", "open", "settled"] = "", page: Page = 1
    ) -> ProposalsView:
        """Return a page of what awaits, or had, a second person, the latest first."""
        query = IN_STATE[state]
        found = await uses.proposal_list.find(
            query, sort=[("asked_at", -1)], skip=(page - 1) * PAGE, limit=PAGE
        )
        total = await uses.proposal_list.count(query)
        return ProposalsView(
            items=[await _view(uses, one["_id"], who.subject) for one in found],
            page=page,
            per_page=PAGE,
            total=total,
            pages=-(-total // PAGE),
        )

    @router.get("/{proposal_id}")
    async def proposal(proposal_id: Identifier, who: Caller) -> ProposalView:
        """Return one proposal with what it would do."""
        return await _view(uses, proposal_id, who.subject)

    @router.post("/{proposal_id}/confirmation", status_code=204, response_model=None)
    async def confirm(
        proposal_id: Identifier, body: ConfirmationBody, request: Request, who: Caller, once: Once
    ) -> Response:
        """Agree as the second person: the act takes place; 403 to who asked for it.

        409 where rules are adopted and not the confirmed number of objects would go at once; the
        answer then tells how many would.
        """
        meta = Metadata.by(who, once)
        try:
            await uses.proposals.confirm(proposal_id, meta, goes_at_once=body.goes_at_once)
        except ConfirmationOutdatedError as error:
            return outdated(request, error)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    @router.post("/{proposal_id}/refusal", status_code=204)
    async def refuse(proposal_id: Identifier, who: Caller, once: Once) -> None:
        """Refuse it, or withdraw what the caller asked for: nothing takes place."""
        await uses.proposals.refuse(proposal_id, Metadata.by(who, once))

    @router.post("/{proposal_id}/exception", status_code=204, response_model=None)
    async def act_alone(
        proposal_id: Identifier, request: Request, who: Caller, once: Once
    ) -> Response:
        """Carry out what the operator asked for, without a second person; recorded as that."""
        try:
            await uses.proposals.act_alone(proposal_id, Metadata.by(who, once))
        except ConfirmationOutdatedError as error:
            return outdated(request, error)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    return router


async def _view(uses: Uses, proposal_id: str, who: str) -> ProposalView:
    state = await uses.proposals.state(proposal_id)
    made, settled = state.made, state.settled
    if made is None:
        raise ProposalNotFoundError
    act = made.act
    return ProposalView(
        proposal_id=proposal_id,
        kind=act.kind,
        object=object_of(act),
        asked_by=made.asked_by,
        asked_at=made.asked_at,
        expires_at=made.expires_at,
        reason=made.reason if isinstance(act, AdoptRules) else act.reason,
        own=made.asked_by == who,
        outcome=settled and settled.outcome,
        settled_by=settled and settled.settled_by,
        settled_at=settled and settled.settled_at,
        **await _details(uses, act),
    )


async def _details(uses: Uses, act: Act) -> dict[str, Any]:
    """Return what the second person has to know of what `act` is about."""
    if isinstance(act, AdoptRules):
        return {"version": act.version, "goes_at_once": act.goes_at_once}
    if isinstance(act, CloseMatter):
        opened = (await uses.matters.state(act.matter_id)).opened
        active = {"matter_id": act.matter_id, "lifted_at": None}
        return {
            "ground": opened and opened.ground,
            "authority": opened and opened.authority,
            "reference": opened and opened.reference,
            "active_holds": await uses.hold_list.count(active),
        }
    hold = await uses.holds.state(act.hold_id)
    return {
        "ground": hold.ground,
        "authority": hold.authority,
        "reference": act.reference,
        "scopes": list(hold.scopes),
        "left": list(act.scopes) if isinstance(act, NarrowHold) else [],
    }
