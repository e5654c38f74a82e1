"""Registration, the links in e-mails, and sessions over HTTP."""

from http import HTTPStatus

from fastapi import APIRouter, Response

from services.identity.application.accounts import Accounts, Registration
from services.identity.application.even_answers import rounded_up
from services.identity.application.known_password import WrongCredentialsError
from services.identity.application.sign_in import PendingSignIn, SignIn, SignIns
from services.identity.application.sign_in_record import Origin, SignedInPrincipal
from services.identity.application.staff import Staff
from services.identity.application.throttle import Throttle
from services.identity.domain.learner import commands as c
from services.identity.domain.staff.commands import RecordStaffSignOut
from services.identity.entrypoints import bodies
from services.identity.entrypoints.principals import ClientAddress
from shared.event_store import Metadata
from shared.events.base import Identifier
from shared.http.auth import Caller, Role
from shared.http.idempotency import Once, PublicOnce
from shared.personal import Personal


def accounts_router(
    accounts: Accounts,
    staff: Staff,
    sign_in: SignIn,
    throttle: Throttle,
    even_answer_seconds: float,
) -> APIRouter:
    """Return the endpoints of registrations and sessions."""
    router = APIRouter(tags=["accounts"])

    @router.post("/registrations", status_code=202)
    async def register(
        body: bodies.RegistrationBody, address: ClientAddress, once: PublicOnce
    ) -> dict[str, str]:
        """Ask for an account; the answer is the same whether or not the address is known."""
        registration = Registration(
            first_name=Personal(body.first_name),
            last_name=Personal(body.last_name),
            email=Personal(body.email),
            telephone=_personal(body.telephone),
            birth_date=None if body.birth_date is None else Personal(body.birth_date),
            language=body.language,
            password=Personal(body.password),
            guardian_email=_personal(body.guardian_email),
            guardian_name=_personal(body.guardian_name),
            zone=_personal(body.zone),
        )
        async with rounded_up(even_answer_seconds):
            if once.earlier is None:
                async with throttle.registration(body.email, address):
                    await accounts.register(registration, once)
        return {}

    @router.post("/confirmations")
    async def confirm(body: bodies.TokenBody, once: PublicOnce) -> dict[str, str]:
        """Confirm an e-mail address with the token of the link."""
        return {"learner_id": await accounts.confirm(body.token, once)}

    @router.post("/sessions", status_code=201)
    async def open_session(
        body: bodies.CredentialsBody, address: ClientAddress, response: Response
    ) -> SignIns:
        """Check credentials and record the sign-in; the gateway keeps the session.

        202 with a pending sign-in where the account has authenticators: nothing is open yet.
        """
        origin = origin_of(address, body)
        async with rounded_up(even_answer_seconds, failing=WrongCredentialsError):
            found = await sign_in.sign_in(body.email, body.password, origin)
        if isinstance(found, PendingSignIn):
            response.status_code = HTTPStatus.ACCEPTED
        return found

    @router.post("/sessions/pending")
    async def show_pending(body: bodies.PendingBody) -> PendingSignIn:
        """Return by what a pending sign-in can be completed, and until when."""
        return await sign_in.pending(body.pending)

    @router.post("/sessions/second-factor", status_code=201)
    async def complete_session(
        body: bodies.SecondFactorBody, address: ClientAddress
    ) -> SignedInPrincipal:
        """Complete a pending sign-in by a code of an authenticator app or a recovery code."""
        origin = origin_of(address, body)
        return await sign_in.complete(body.pending, body.code, origin)

    @router.delete("/sessions", status_code=204)
    async def close_session(
        principal: Caller,
        once: Once,
        session: Identifier | None = None,
        *,
        everywhere: bool = False,
    ) -> None:
        """Tell every service that sessions of the caller have ended.

        Which: all that are open now, or the one named, or the one that the request belongs to.
        """
        if session is None and principal.session is not None:
            session = principal.session.id
        meta = Metadata.by(principal, once)
        if principal.role is Role.LEARNER:
            command = c.RecordSignOut(session, everywhere)
            await accounts.handle(principal.subject, command, meta)
        else:
            ended = RecordStaffSignOut(session, everywhere)
            await staff.handle(principal.subject, ended, meta)

    return router


def origin_of(
    address: str,
    body: bodies.CredentialsBody | bodies.SecondFactorBody | bodies.PasskeySignInBody,
) -> Origin:
    """Return where a sign-in comes from."""
    return Origin(
        ip_address=Personal(address),
        browser=Personal(body.browser),
        screen=_personal(body.screen),
        device=body.device,
    )


def _personal(value: str | None) -> Personal[str] | None:
    return None if value is None else Personal(value)
