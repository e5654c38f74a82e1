"""Authenticators over HTTP: TOTP, passkeys, recovery codes, showing anew who one is (C7.3)."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from services.identity.application.accounts import Accounts
from services.identity.application.present_password import PresentPassword
from services.identity.application.sign_in import SignIn
from services.identity.application.sign_in_record import SignedInPrincipal
from services.identity.application.staff import Staff
from services.identity.application.strong_authentication import (
    Account,
    ProposedTotp,
    StrongAuthentication,
    named_passkeys,
)
from services.identity.application.throttle import Throttle
from services.identity.domain.authenticators.events import Holder
from services.identity.entrypoints import bodies
from services.identity.entrypoints.accounts import origin_of
from services.identity.entrypoints.answers import AuthenticatorsView, PasskeyView, TotpView
from services.identity.entrypoints.principals import ClientAddress
from shared.event_store import Metadata
from shared.events.base import Identifier, SubjectId
from shared.http.auth import Caller, Principal, Role
from shared.http.idempotency import Once
from shared.http.problems import ProblemError
from shared.http.step_up import CONFIRMATION_REQUIRED


def authenticators_router(
    strong: StrongAuthentication, accounts: Accounts, staff: Staff
) -> APIRouter:
    """Return the endpoints by which people manage their authenticators."""
    router = APIRouter(prefix="/me", tags=["authenticators"])

    @router.get("/authenticators")
    async def show(who: Caller) -> AuthenticatorsView:
        """Return the caller's authenticators, never what they are made of."""
        state = await strong.of(who.subject)
        totp = state.totp
        return AuthenticatorsView(
            enrolled=state.enrolled,
            totp=None if totp is None else TotpView(added_at=totp.added_at, used_at=totp.used_at),
            passkeys=[
                PasskeyView(
                    id=passkey_id,
                    name=one.name.text(),
                    synced=one.synced,
                    added_at=one.added_at,
                    used_at=one.used_at,
                )
                for passkey_id, one in named_passkeys(state)
            ],
            recovery_codes_left=state.codes_left,
            passkeys_available=strong.passkeys.available,
        )

    @router.post("/authenticators/totp", status_code=201)
    async def propose(who: Caller, once: Once) -> ProposedTotp:
        """Return a secret for an authenticator app, which counts once a first code was given."""
        account = await _enrolling(who)
        return await strong.propose_totp(account, Metadata.by(who, once))

    @router.get("/authenticators/totp")
    async def proposed(who: Caller) -> ProposedTotp:
        """Return the secret that waits for its first code; 409 when its time is over."""
        return await strong.proposed(await _enrolling(who))

    @router.post("/authenticators/totp/confirmation")
    async def confirm(body: bodies.CodeBody, who: Caller, once: Once) -> dict[str, list[str]]:
        """Let the secret count; return recovery codes, this once, when these are the first."""
        account = await _enrolling(who)
        codes = await strong.confirm_totp(account, body.code, Metadata.by(who, once))
        return {"recovery_codes": codes}

    @router.delete("/authenticators/totp")
    async def remove_totp(who: Caller, once: Once) -> dict[str, bool]:
        """Do without codes; 409 to staff who have nothing else. Sessions end."""
        left = await strong.remove_totp(_account(who), Metadata.by(who, once))
        return {"enrolled": left.enrolled}

    @router.post("/authenticators/passkeys/challenge")
    async def begin(who: Caller) -> dict[str, Any]:
        """Return the options for `navigator.credentials.create()` and their ceremony."""
        return asdict(await strong.begin_passkey(await _enrolling(who)))

    @router.post("/authenticators/passkeys", status_code=201)
    async def add(body: bodies.NewPasskeyBody, who: Caller, once: Once) -> dict[str, list[str]]:
        """Let a new passkey count; return recovery codes, this once, when these are the first."""
        account, meta = await _enrolling(who), Metadata.by(who, once)
        codes = await strong.add_passkey(account, body.ceremony, body.credential, body.name, meta)
        return {"recovery_codes": codes}

    @router.delete("/authenticators/passkeys/{passkey_id}")
    async def remove_passkey(passkey_id: Identifier, who: Caller, once: Once) -> dict[str, bool]:
        """Do without a passkey; 409 to staff who have nothing else. Sessions end."""
        left = await strong.remove_passkey(_account(who), passkey_id, Metadata.by(who, once))
        return {"enrolled": left.enrolled}

    @router.put("/authenticators/passkeys/{passkey_id}/name")
    async def rename_passkey(
        passkey_id: Identifier, body: bodies.PasskeyNameBody, who: Caller, once: Once
    ) -> dict[str, str]:
        """Call a passkey something else; it opens the account as before."""
        meta = Metadata.by(who, once)
        await strong.rename_passkey(_account(who), passkey_id, body.name, meta)
        return {}

    @router.post("/authenticators/recovery-codes", status_code=201)
    async def renew(who: Caller, once: Once) -> dict[str, list[str]]:
        """Replace the recovery codes and return the new ones, this once."""
        codes = await strong.renew_codes(_account(who), Metadata.by(who, once))
        return {"recovery_codes": codes}

    async def _enrolling(who: Principal) -> Account:
        """Return the caller's account; 403 where it has authenticators that were not asked for.

        Else whoever knows a password could add a factor of their own beside the owner's.
        """
        state = await strong.of(who.subject)
        proof = None if who.session is None else who.session.proof
        if state.enrolled and (proof is None or not proof.strong):
            raise ProblemError(CONFIRMATION_REQUIRED)
        if who.role is Role.LEARNER:
            email = (await accounts.learner(who.subject)).email
        else:
            email = (await staff.member(who.subject)).email
        label = "carionexiq" if email is None else email.text()
        return Account(who.subject, _holder(who), label)

    return router


def authentication_router(
    strong: StrongAuthentication,
    sign_in: SignIn,
    accounts: Accounts,
    staff: Staff,
    present: PresentPassword,
    throttle: Throttle,
) -> APIRouter:
    """Return the endpoints by which people show who they are, beside the password's."""
    router = APIRouter(tags=["authentication"])

    @router.post("/passkey-challenges")
    async def challenge(address: ClientAddress) -> dict[str, Any]:
        """Return the options for `navigator.credentials.get()`, of whoever has a passkey here."""
        await throttle.passkey_challenge(address)
        return asdict(await strong.challenge("passkey-sign-in"))

    @router.post("/sessions/passkey", status_code=201)
    async def open_session(
        body: bodies.PasskeySignInBody, address: ClientAddress
    ) -> SignedInPrincipal:
        """Sign in by a passkey alone: it verified its user, and so is two factors."""
        origin = origin_of(address, body)
        return await sign_in.sign_in_with_passkey(body.ceremony, body.credential, origin)

    @router.post("/me/authentication/challenge")
    async def own_challenge(who: Caller) -> dict[str, Any]:
        """Return a challenge for one of the caller's own passkeys."""
        return asdict(await strong.challenge("passkey-confirmation", who.subject))

    @router.post("/me/authentication")
    async def authenticate(body: bodies.AuthenticationBody, who: Caller) -> dict[str, bool]:
        """Show anew who one is; by the password only where there is no authenticator.

        `strong` says whether by two factors; the gateway notes when.
        """
        account = _account(who)
        if body.code is not None:
            await strong.use_code(account, body.code)
        elif body.ceremony is not None and body.credential is not None:
            await strong.use_passkey("passkey-confirmation", body.ceremony, body.credential)
        elif body.password is not None and not (await strong.of(who.subject)).enrolled:
            learner = who.role is Role.LEARNER
            owner = await (accounts.learner if learner else staff.member)(who.subject)
            await present.require(who.subject, body.password, owner.password_hash, "password")
            return {"strong": False}
        else:
            raise ProblemError(CONFIRMATION_REQUIRED)
        return {"strong": True}

    return router


def resets_router(strong: StrongAuthentication) -> APIRouter:
    """Return the endpoints by which administrators reset a colleague's authenticators."""
    router = APIRouter(prefix="/staff/{staff_id}/authenticator-reset", tags=["staff"])

    @router.post("", status_code=202)
    async def ask(staff_id: Identifier, who: Caller, once: Once) -> None:
        """Have somebody's authenticators removed once a second administrator agrees, in a week."""
        account = Account(SubjectId(staff_id), "staff")
        by_system = who.role is Role.SYSTEM
        await strong.ask_reset(account, Metadata.by(who, once), by_system=by_system)

    @router.post("/confirmation", status_code=204)
    async def confirm(staff_id: Identifier, who: Caller, once: Once) -> None:
        """Agree as the second person; 403 to who asked and to whom it is about."""
        account = Account(SubjectId(staff_id), "staff")
        await strong.confirm_reset(account, Metadata.by(who, once))

    return router


def _account(who: Principal) -> Account:
    return Account(who.subject, _holder(who))


def _holder(who: Principal) -> Holder:
    return "learner" if who.role is Role.LEARNER else "staff"
