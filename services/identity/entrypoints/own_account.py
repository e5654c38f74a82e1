"""One's own account over HTTP: seeing, correcting, describing and closing it."""

from fastapi import APIRouter

from services.identity.application.accounts import Accounts
from services.identity.application.staff import Staff
from services.identity.domain.learner import commands as c
from services.identity.domain.learner.state import PROFILE_FIELDS, AccountState
from services.identity.domain.learner.state import Learner as Account
from services.identity.entrypoints import bodies
from services.identity.entrypoints.answers import (
    EmailChangeView,
    OwnAccountView,
    OwnStaffView,
    ProfileView,
)
from shared.event_store import Metadata
from shared.http.auth import Caller, Role
from shared.http.idempotency import Once
from shared.http.problems import ERASED, NOT_FOUND, ProblemError
from shared.personal import Personal
from shared.zones import HOME


def own_account_router(accounts: Accounts, staff: Staff) -> APIRouter:
    """Return the endpoints of the caller's own account."""
    router = APIRouter(tags=["own account"])

    @router.get("/me")
    async def me(principal: Caller) -> OwnAccountView | OwnStaffView:
        """Return one's own account; 410 once it has been erased."""
        if principal.role is not Role.LEARNER:
            member = await staff.member(principal.subject)
            return OwnStaffView(
                name=_text(member.name),
                email=_text(member.email),
                role=principal.role,
                language=member.language,
            )
        learner = await accounts.learner(principal.subject)
        if learner.state is AccountState.ABSENT:
            raise ProblemError(NOT_FOUND)
        if learner.first_name is not None and learner.first_name.is_erased:
            raise ProblemError(ERASED)
        told = {name: _text(learner.profile.get(name)) for name in PROFILE_FIELDS}
        return OwnAccountView(
            first_name=_text(learner.first_name),
            last_name=_text(learner.last_name),
            email=_text(learner.email),
            telephone=_text(learner.telephone),
            language=learner.language,
            zone=HOME if learner.zone is None else learner.zone.text(),
            minor=learner.minor,
            state=learner.state,
            email_change=_email_change(learner),
            profile=ProfileView(**told),
        )

    @router.patch("/me")
    async def rectify(
        body: bodies.RectificationBody, principal: Caller, once: Once
    ) -> dict[str, str]:
        """Correct what is held (C8.2); it shows everywhere at once."""
        command = c.RectifyLearner(
            first_name=_personal(body.first_name),
            last_name=_personal(body.last_name),
            telephone=_personal(body.telephone),
            language=body.language,
        )
        await accounts.handle(principal.subject, command, Metadata.by(principal, once))
        return {}

    @router.put("/me/zone")
    async def choose_zone(body: bodies.ZoneBody, principal: Caller, once: Once) -> dict[str, str]:
        """Choose the time zone by which quiet hours are kept and times are shown."""
        command = c.ChooseZone(Personal(body.zone))
        await accounts.handle(principal.subject, command, Metadata.by(principal, once))
        return {}

    @router.put("/me/profile")
    async def describe(body: bodies.ProfileBody, principal: Caller, once: Once) -> dict[str, str]:
        """Tell goals, experience, availability and preferences (C1.6)."""
        told = {name: _personal(getattr(body, name)) for name in PROFILE_FIELDS}
        command = c.DescribeProfile(**told)
        await accounts.handle(principal.subject, command, Metadata.by(principal, once))
        return {}

    @router.post("/me/closure")
    async def close(body: bodies.ConfirmBody, principal: Caller, once: Once) -> dict[str, str]:
        """Close the account: its intermediate archive starts (C2.5)."""
        del body
        await accounts.handle(
            principal.subject, c.CloseAccount(reason="learner"), Metadata.by(principal, once)
        )
        return {}

    return router


def _personal(value: str | None) -> Personal[str] | None:
    return None if value is None else Personal(value)


def _text(value: Personal[str] | None) -> str | None:
    return None if value is None else value.text()


def _email_change(learner: Account) -> EmailChangeView | None:
    """Return the change of address that waits to be confirmed, if there is one."""
    change = learner.email_change
    if change is None or change.confirmed:
        return None
    return EmailChangeView(email=change.email.text(), until=change.until)
