"""Rights cases over HTTP: the person's own, the link that confirms one, the officer's list."""

from datetime import date, datetime
from typing import Any, Final, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from services.identity.application.recipients import Recipients
from services.identity.application.rights_cases import Answer, RightsCases
from services.identity.application.staff import Staff
from services.identity.entrypoints.answers import PageOf
from services.identity.entrypoints.bodies import AssignmentBody, Body, Text, TokenBody
from services.identity.entrypoints.lists import PageNumber, PageSize
from services.identity.projections.rights_cases import RightsCaseList
from services.identity.settings import IdentitySettings
from shared.database import Document
from shared.event_store import Metadata
from shared.events.base import Identifier, SubjectId
from shared.events.rights_cases import (
    RIGHTS_KINDS,
    ExtensionReason,
    IdentityCheck,
    Notification,
    ReminderStage,
    RightsAct,
    RightsKind,
    RightsOutcome,
)
from shared.events.support import SupportChannel
from shared.http.auth import Caller
from shared.http.idempotency import Once, PublicOnce
from shared.http.problems import NOT_FOUND, ProblemError
from shared.service import Kernel

CaseState = Literal["open", "overdue", "closed", "all"]
Assigned = Literal["anybody", "me", "nobody"]
MOST_URGENT_FIRST: Final = (("due_at", 1), ("_id", 1))
LATEST_FIRST: Final = (("received_at", -1), ("_id", 1))
OPEN: Final[dict[str, Any]] = {"outcome": None}
ENDED: Final[dict[str, Any]] = {"outcome": {"$ne": None}}


class AskBody(Body):
    """Which right somebody exercises, and their own words."""

    kind: RightsKind
    message: Text


class EntryBody(Body):
    """Which exchange is about which right, and since when we have had it."""

    request_id: Identifier
    kind: RightsKind
    received_on: date | None = None
    """Where a letter lay before it was noted; else the exchange's beginning counts."""


class ExtensionBody(Body):
    """Why two months more are needed; the person is told."""

    reason: ExtensionReason


class AnswerBody(Body):
    """What the case comes to, and what the person is told."""

    outcome: Literal["granted", "partly_granted", "refused", "unidentified"]
    message: Text


class RecipientView(BaseModel):
    """Who had received the data, and how they learn of the change (GDPR art. 19)."""

    recipient: str
    organisation: str | None
    how: Notification
    told_at: datetime | None


class RightsCaseView(BaseModel):
    """A case as its person sees it."""

    case_id: str
    kind: RightsKind
    channel: SupportChannel
    received_at: datetime
    due_at: datetime
    identity: IdentityCheck | None
    acknowledged_at: datetime | None
    extended: ExtensionReason | None
    outcome: RightsOutcome | None
    closed_at: datetime | None
    act: RightsAct | None
    """What the person did themselves; there is no exchange then."""
    undone_at: datetime | None
    """When the person took that back."""
    recipients: list[RecipientView]


class OfficersCaseView(RightsCaseView):
    """A case as the officer sees it."""

    subject_id: str | None
    """`null` once the exchange was forgotten."""
    has_account: bool
    acknowledge_by: datetime
    assignee: str | None
    reminded: ReminderStage | None
    in_time: bool | None
    overdue: bool
    resent: int
    """How often the link that confirms was sent again."""
    resent_at: datetime | None


class KindFigures(BaseModel):
    """How many cases of one kind there are, and how they ended."""

    kind: RightsKind
    open: int
    overdue: int
    closed: int
    late: int
    """Closed after their term."""
    extended: int


class RightsStatistics(BaseModel):
    """Counts by kind, of all cases there ever were."""

    kinds: list[KindFigures]


class ConfirmationAsked(BaseModel):
    """What a link confirms."""

    kind: RightsKind
    received_at: datetime
    confirmed: bool
    closed: bool


def own_rights_router(kernel: Kernel[IdentitySettings], cases: RightsCases) -> APIRouter:
    """Return the endpoints of a learner's own cases, and of the link that needs no account."""
    router = APIRouter(tags=["rights"])
    listed = kernel.read_model(RightsCaseList())

    @router.post("/me/rights-cases", status_code=201)
    async def ask(body: AskBody, principal: Caller, once: Once) -> dict[str, str]:
        """Exercise a right, or complain; being signed in shows who asks (C8, C13.1)."""
        return {"case_id": await cases.ask(principal.subject, body.kind, body.message, once)}

    @router.get("/me/rights-cases")
    async def mine(
        principal: Caller, page: PageNumber = 1, size: PageSize = 20
    ) -> PageOf[RightsCaseView]:
        """Return the caller's cases, the latest first."""
        query = {"subject_id": principal.subject}
        found = await listed.find(query, sort=LATEST_FIRST, skip=(page - 1) * size, limit=size)
        views = [RightsCaseView.model_validate(_named(one)) for one in found]
        return PageOf(items=views, total=await listed.count(query), page=page, size=size)

    @router.post("/me/rights-cases/{case_id}/confirmation", status_code=204)
    async def confirm(case_id: Identifier, principal: Caller, once: Once) -> None:
        """Say, signed in, that a request that came by another way is one's own."""
        await cases.confirm(case_id, principal.subject, Metadata.by(principal, once))

    @router.post("/me/rights-cases/{case_id}/withdrawal", status_code=204)
    async def withdraw(case_id: Identifier, principal: Caller, once: Once) -> None:
        """Take one's own request back."""
        await cases.withdraw(case_id, principal.subject, Metadata.by(principal, once))

    @router.post("/rights-confirmations/asked")
    async def asked(body: TokenBody) -> ConfirmationAsked:
        """Return what the link in a letter confirms; nothing changes."""
        state = await cases.asked(body.token)
        return ConfirmationAsked(
            kind=state.kind,
            received_at=state.received_at,
            confirmed=state.identity is not None,
            closed=state.closed,
        )

    @router.post("/rights-confirmations", status_code=204)
    async def confirm_by_link(body: TokenBody, once: PublicOnce) -> None:
        """Say, by the link sent to the known address, that a request is one's own."""
        await cases.confirm_by_link(body.token, once)

    return router


def rights_desk_router(
    kernel: Kernel[IdentitySettings], cases: RightsCases, recipients: Recipients, staff: Staff
) -> APIRouter:
    """Return the endpoints by which the officer works on cases."""
    router = APIRouter(tags=["rights"])
    listed = kernel.read_model(RightsCaseList())

    def view(document: Document) -> OfficersCaseView:
        late = document["outcome"] is None and document["due_at"] < kernel.clock.now()
        return OfficersCaseView.model_validate({**_named(document), "overdue": late})

    @router.get("/rights-cases")
    async def every(
        who: Caller,
        state: CaseState = "open",
        kind: RightsKind | None = None,
        assigned: Assigned = "anybody",
        page: PageNumber = 1,
        size: PageSize = 20,
    ) -> PageOf[OfficersCaseView]:
        """Return cases, the most urgent first; ids, dates and codes alone."""
        query = _of_state(state, kernel.clock.now())
        query |= {} if kind is None else {"kind": kind}
        if assigned != "anybody":
            query["assignee"] = who.subject if assigned == "me" else None
        order = MOST_URGENT_FIRST if state in {"open", "overdue"} else LATEST_FIRST
        found = await listed.find(query, sort=order, skip=(page - 1) * size, limit=size)
        total = await listed.count(query)
        return PageOf(items=[view(one) for one in found], total=total, page=page, size=size)

    @router.get("/rights-cases/statistics")
    async def statistics() -> RightsStatistics:
        """Return how many cases of each kind are open, overdue, closed, late and extended."""
        late = _of_state("overdue", kernel.clock.now())
        return RightsStatistics(
            kinds=[
                KindFigures(
                    kind=kind,
                    open=await listed.count({"kind": kind, **OPEN}),
                    overdue=await listed.count({"kind": kind, **late}),
                    closed=await listed.count({"kind": kind, **ENDED}),
                    late=await listed.count({"kind": kind, **ENDED, "in_time": False}),
                    extended=await listed.count({"kind": kind, "extended": {"$ne": None}}),
                )
                for kind in RIGHTS_KINDS
            ]
        )

    @router.get("/rights-cases/{case_id}")
    async def one(case_id: Identifier) -> OfficersCaseView:
        """Return one case; what was said stands in the support request of the same id."""
        found = await listed.get(case_id)
        if found is None:
            raise ProblemError(NOT_FOUND)
        return view(found)

    @router.post("/rights-cases", status_code=201)
    async def enter(body: EntryBody, who: Caller, once: Once) -> dict[str, str]:
        """Open a case about an exchange of the privacy queue (C13.4)."""
        meta = Metadata.by(who, once)
        await cases.enter(body.request_id, body.kind, body.received_on, meta)
        return {"case_id": body.request_id}

    @router.put("/rights-cases/{case_id}/assignment", status_code=204)
    async def assign(case_id: Identifier, body: AssignmentBody, who: Caller, once: Once) -> None:
        """Take the case on, or leave it to others."""
        await cases.assign(case_id, who.subject if body.mine else None, Metadata.by(who, once))

    @router.post("/rights-cases/{case_id}/extension", status_code=204)
    async def extend(case_id: Identifier, body: ExtensionBody, who: Caller, once: Once) -> None:
        """Take two months more for a complex access, and tell the person why."""
        meta = Metadata.by(who, once)
        await cases.extend(case_id, body.reason, SubjectId(who.subject), meta)

    @router.post("/rights-cases/{case_id}/confirmation-link", status_code=204)
    async def confirm_again(case_id: Identifier, who: Caller, once: Once) -> None:
        """Send the link that confirms whose request it is once more: ten minutes apart, 5 times."""
        await cases.confirm_again(case_id, SubjectId(who.subject), Metadata.by(who, once))

    @router.post("/rights-cases/{case_id}/recipients/{recipient}", status_code=204)
    async def told(case_id: Identifier, recipient: Identifier, who: Caller, once: Once) -> None:
        """Record that a recipient was told of the change (GDPR art. 19)."""
        await recipients.told(case_id, recipient, who.subject, Metadata.by(who, once))

    @router.post("/rights-cases/{case_id}/answer", status_code=204)
    async def answer(case_id: Identifier, body: AnswerBody, who: Caller, once: Once) -> None:
        """Answer the person and end the case."""
        name = (await staff.member(who.subject)).name
        author = None if name is None or name.is_erased else name
        said = Answer(body.outcome, body.message, author)
        await cases.answer(case_id, said, SubjectId(who.subject), Metadata.by(who, once))

    return router


def _of_state(state: CaseState, now: datetime) -> dict[str, Any]:
    match state:
        case "open":
            return dict(OPEN)
        case "overdue":
            return {**OPEN, "due_at": {"$lt": now}}
        case "closed":
            return dict(ENDED)
        case "all":
            return {}


def _named(document: Document) -> Document:
    return {**document, "case_id": document["_id"]}
