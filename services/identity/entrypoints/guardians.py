"""Minors over HTTP: the guardian's answer, discovery, what the learner sees (C11.1, C11.2)."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from services.identity.application.accounts import Accounts
from services.identity.application.guardians import Guardians
from services.identity.domain.learner.state import Agreement, AgreementState, Learner
from services.identity.entrypoints import bodies
from shared.event_store import Metadata
from shared.events.base import Identifier, SubjectId
from shared.http.auth import Caller
from shared.http.idempotency import Once, PublicOnce
from shared.personal import Personal


class AskedView(BaseModel):
    """What a guardian's link shows."""

    first_name: str
    state: AgreementState
    until: datetime | None


class AgreementView(BaseModel):
    """The latest question to a guardian, as the learner sees it."""

    state: AgreementState
    guardian_email: str
    guardian_name: str | None
    asked_at: datetime
    until: datetime


class MinorityView(BaseModel):
    """What is known of the learner's minority, and what happens when."""

    minor: bool
    blocked: bool
    blocked_until: datetime | None
    cause: str | None
    adult_on: str | None
    """ISO date of majority; `null` where it is not known yet."""
    agreement: AgreementView | None


def guardians_router(guardians: Guardians, accounts: Accounts) -> APIRouter:
    """Return the endpoints of guardians and minors."""
    router = APIRouter(tags=["minors"])

    @router.post("/guardian-agreements/asked")
    async def asked(body: bodies.TokenBody) -> AskedView:
        """Return what a guardian's link asks or revokes; it changes nothing.

        A POST, so that the token stands in no server's log of addresses.
        """
        shown = await guardians.asked(body.token)
        return AskedView(first_name=shown.first_name, state=shown.state, until=shown.until)

    @router.post("/guardian-agreements")
    async def agree(body: bodies.TokenBody, once: PublicOnce) -> dict[str, str]:
        """Record a legal guardian's agreement with the token of the link (C11.1)."""
        await guardians.grant(body.token, once)
        return {}

    @router.post("/guardian-agreements/refusals")
    async def refuse(body: bodies.TokenBody, once: PublicOnce) -> dict[str, str]:
        """Record a legal guardian's refusal with the token of the link (C11.1)."""
        await guardians.refuse(body.token, once)
        return {}

    @router.post("/guardian-agreements/revocations")
    async def revoke(body: bodies.TokenBody, once: PublicOnce) -> dict[str, str]:
        """Take back an agreement with the token sent when it was given (C11.2)."""
        await guardians.revoke(body.token, once)
        return {}

    @router.get("/me/minority")
    async def minority(principal: Caller) -> MinorityView:
        """Return whether a guardian has to agree, has agreed, and what happens when."""
        return _view(await accounts.learner(principal.subject))

    @router.post("/me/minority")
    async def declare(body: bodies.MinorityBody, principal: Caller, once: Once) -> dict[str, str]:
        """Say to be under 18 after all: the account is blocked and the guardian asked (C11.2)."""
        meta = Metadata.by(principal, once)
        await guardians.declare(
            principal.subject,
            Personal(body.birth_date),
            Personal(body.guardian_email),
            _personal(body.guardian_name),
            meta,
        )
        return {}

    @router.put("/me/guardian")
    async def name(body: bodies.GuardianBody, principal: Caller, once: Once) -> dict[str, str]:
        """Name a guardian, or another one, while the account is blocked (C11.1)."""
        birth_date = None if body.birth_date is None else Personal(body.birth_date)
        await guardians.name(
            principal.subject,
            birth_date,
            Personal(body.guardian_email),
            _personal(body.guardian_name),
            Metadata.by(principal, once),
        )
        return {}

    @router.post("/me/guardian/letters", status_code=202)
    async def repeat(principal: Caller, once: Once) -> dict[str, str]:
        """Send the question to the guardian once more."""
        await guardians.repeat(principal.subject, Metadata.by(principal, once))
        return {}

    @router.post("/learners/{learner_id}/minority")
    async def report(
        learner_id: Identifier, body: bodies.ReportBody, principal: Caller, once: Once
    ) -> dict[str, str]:
        """Report that a learner is under 18: the account is blocked at once (C11.2)."""
        meta = Metadata.by(principal, once)
        await guardians.report(SubjectId(learner_id), body.reason, meta)
        return {}

    @router.post("/learners/{learner_id}/minority/withdrawal")
    async def withdraw(
        learner_id: Identifier, body: bodies.WithdrawalBody, principal: Caller, once: Once
    ) -> dict[str, str]:
        """Take back a report that was wrong: the account is open again."""
        meta = Metadata.by(principal, once)
        await guardians.withdraw(SubjectId(learner_id), body.reason, meta)
        return {}

    return router


def _view(learner: Learner) -> MinorityView:
    return MinorityView(
        minor=learner.minor,
        blocked=learner.blocked and not learner.closed,
        blocked_until=learner.blocked_until,
        cause=learner.block_cause,
        adult_on=None if learner.adult_on is None else learner.adult_on.text(),
        agreement=None if learner.agreement is None else _agreement(learner.agreement),
    )


def _agreement(agreement: Agreement) -> AgreementView:
    name = agreement.guardian_name
    return AgreementView(
        state=agreement.state,
        guardian_email=agreement.guardian_email.text(),
        guardian_name=None if name is None else name.text(),
        asked_at=agreement.asked_at,
        until=agreement.until,
    )


def _personal(value: str | None) -> Personal[str] | None:
    return None if value is None else Personal(value)
