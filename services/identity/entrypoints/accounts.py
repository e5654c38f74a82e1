"""Registration, confirmation, sign-in and one's own account over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Header

from services.identity.application.accounts import Accounts, Registration
from services.identity.application.sign_in import Origin, SignedInPrincipal, SignIn
from services.identity.application.staff import Staff
from services.identity.domain.learner import commands as c
from services.identity.domain.learner.state import PROFILE_FIELDS, AccountState
from services.identity.entrypoints import bodies
from services.identity.entrypoints.principals import Anybody, Dpo, IdempotencyKey, Learner
from shared.event_store import EventStore, Metadata
from shared.events.base import SubjectId
from shared.held_data import HeldData, held_values
from shared.http.auth import Role
from shared.http.problems import ERASED, NOT_FOUND, ProblemError
from shared.personal import Personal

HIDDEN = ("password_hash", "token")


def accounts_router(
    accounts: Accounts, sign_in: SignIn, staff: Staff, store: EventStore
) -> APIRouter:
    """Return the endpoints of accounts."""
    router = APIRouter(tags=["accounts"])

    @router.post("/registrations", status_code=202)
    async def register(body: bodies.RegistrationBody) -> dict[str, str]:
        """Ask for an account; the answer is the same whether or not the address is known."""
        await accounts.register(
            Registration(
                first_name=Personal(body.first_name),
                last_name=Personal(body.last_name),
                email=Personal(body.email),
                telephone=_personal(body.telephone),
                birth_date=None if body.birth_date is None else Personal(body.birth_date),
                language=body.language,
                password=Personal(body.password),
                guardian_email=_personal(body.guardian_email),
            )
        )
        return {}

    @router.post("/confirmations")
    async def confirm(body: bodies.TokenBody) -> dict[str, str]:
        """Confirm an e-mail address with the token of the link."""
        return {"learner_id": await accounts.confirm(body.token)}

    @router.post("/guardian-agreements")
    async def agree(body: bodies.TokenBody) -> dict[str, str]:
        """Record a legal guardian's agreement with the token of the link (C11.1)."""
        await accounts.grant_guardian_agreement(body.token)
        return {}

    @router.post("/sessions", status_code=201)
    async def open_session(
        body: bodies.CredentialsBody, x_forwarded_for: Annotated[str, Header()] = "unknown"
    ) -> SignedInPrincipal:
        """Check credentials and record the sign-in; the gateway keeps the session."""
        origin = Origin(
            ip_address=Personal(x_forwarded_for.split(",")[0].strip()[:100]),
            browser=Personal(body.browser),
            screen=_personal(body.screen),
        )
        return await sign_in.sign_in(body.email, body.password, origin)

    @router.delete("/sessions", status_code=204)
    async def close_session(principal: Anybody) -> None:
        """Record a learner's sign-out."""
        if principal.role is Role.LEARNER:
            await accounts.handle(principal.subject, c.RecordSignOut(), Metadata.by(principal))

    @router.get("/me")
    async def me(principal: Anybody) -> dict[str, Any]:
        """Return one's own account; 410 once it has been erased."""
        if principal.role is not Role.LEARNER:
            member = await staff.member(principal.subject)
            return {
                "name": _text(member.name),
                "email": _text(member.email),
                "role": principal.role,
                "language": "fr",
            }
        learner = await accounts.learner(principal.subject)
        if learner.state is AccountState.ABSENT:
            raise ProblemError(NOT_FOUND)
        if learner.first_name is not None and learner.first_name.is_erased:
            raise ProblemError(ERASED)
        return {
            "first_name": _text(learner.first_name),
            "last_name": _text(learner.last_name),
            "email": _text(learner.email),
            "telephone": _text(learner.telephone),
            "language": learner.language,
            "minor": learner.minor,
            "state": learner.state,
            "profile": {name: _text(learner.profile.get(name)) for name in PROFILE_FIELDS},
        }

    @router.patch("/me")
    async def rectify(
        body: bodies.RectificationBody, principal: Learner, key: IdempotencyKey = None
    ) -> dict[str, str]:
        """Correct what is held (C8.2); it shows everywhere at once."""
        command = c.RectifyLearner(
            first_name=_personal(body.first_name),
            last_name=_personal(body.last_name),
            telephone=_personal(body.telephone),
            language=body.language,
        )
        meta = Metadata.by(principal, command_id=key)
        await accounts.handle(principal.subject, command, meta)
        return {}

    @router.put("/me/profile")
    async def describe(body: bodies.ProfileBody, principal: Learner) -> dict[str, str]:
        """Tell goals, experience, availability and preferences (C1.6)."""
        told = {name: _personal(getattr(body, name)) for name in PROFILE_FIELDS}
        await accounts.handle(principal.subject, c.DescribeProfile(**told), Metadata.by(principal))
        return {}

    @router.post("/me/closure")
    async def close(body: bodies.ConfirmBody, principal: Learner) -> dict[str, str]:
        """Close the account: its intermediate archive starts (C2.5)."""
        del body
        await accounts.handle(
            principal.subject, c.CloseAccount(reason="learner"), Metadata.by(principal)
        )
        return {}

    @router.get("/me/held-data")
    async def my_held_data(principal: Learner) -> HeldData:
        """Return everything identity holds about the caller (C8.1)."""
        return await _held(store, principal.subject)

    @router.get("/learners/{learner_id}/held-data")
    async def held_data(learner_id: str, _: Dpo) -> HeldData:
        """Return everything identity holds about a person, for the DPO."""
        return await _held(store, SubjectId(learner_id))

    return router


async def _held(store: EventStore, subject: SubjectId) -> HeldData:
    recorded = await store.load_subject(subject)
    return HeldData(items=held_values("identity", recorded, hidden=HIDDEN))


def _personal(value: str | None) -> Personal[str] | None:
    return None if value is None else Personal(value)


def _text(value: Personal[str] | None) -> str | None:
    return None if value is None else value.text()
