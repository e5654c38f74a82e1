"""A forgotten password, another password and another e-mail address over HTTP."""

from fastapi import APIRouter

from services.identity.application.credentials import Credentials
from services.identity.application.even_answers import rounded_up
from services.identity.application.staff import Staff
from services.identity.application.throttle import Throttle
from services.identity.entrypoints import bodies
from services.identity.entrypoints.principals import ClientAddress
from shared.event_store import Metadata
from shared.http.auth import Caller, Role
from shared.http.idempotency import Once, PublicOnce


def credentials_router(
    credentials: Credentials, staff: Staff, throttle: Throttle, even_answer_seconds: float
) -> APIRouter:
    """Return the endpoints of what changes how a learner signs in."""
    router = APIRouter(tags=["credentials"])

    @router.post("/recoveries", status_code=202)
    async def recover(
        body: bodies.AddressBody, address: ClientAddress, once: PublicOnce
    ) -> dict[str, str]:
        """Send a link for a new password; the answer is the same whether the address is known."""
        async with rounded_up(even_answer_seconds):
            if once.earlier is None:
                async with throttle.recovery(body.email, address):
                    await credentials.recover(body.email, once)
        return {}

    @router.post("/passwords")
    async def reset(body: bodies.ResetBody, once: PublicOnce) -> dict[str, str]:
        """Replace a forgotten password with the token of the link; every session ends.

        `device` lets the browser sign in although somebody else exhausts the account's attempts.
        """
        return {"device": await credentials.reset(body.token, body.password, once)}

    @router.put("/me/password")
    async def change(body: bodies.PasswordBody, who: Caller, once: Once) -> dict[str, str]:
        """Replace the password; every session opened with the one before ends."""
        meta = Metadata.by(who, once)
        change = credentials if who.role is Role.LEARNER else staff
        await change.change_password(who.subject, body.current_password, body.password, meta)
        return {}

    @router.post("/me/email-change", status_code=202)
    async def ask(body: bodies.EmailChangeBody, who: Caller, once: Once) -> dict[str, str]:
        """Tell both addresses of a change, which counts once the new one is confirmed."""
        meta = Metadata.by(who, once)
        await credentials.request_email_change(who.subject, body.email, body.current_password, meta)
        return {}

    @router.delete("/me/email-change", status_code=204)
    async def cancel(who: Caller, once: Once) -> None:
        """Give up a change of address that is still to be confirmed."""
        await credentials.cancel_email_change(who.subject, Metadata.by(who, once))

    @router.post("/email-changes/confirmations")
    async def confirm(body: bodies.TokenBody, once: PublicOnce) -> dict[str, str]:
        """Let the new address count, with the token of the link sent to it."""
        await credentials.confirm_email_change(body.token, once)
        return {}

    @router.post("/email-changes/stops")
    async def stop(body: bodies.TokenBody, once: PublicOnce) -> dict[str, str]:
        """Undo a change, with the token of the link sent to the old address; sessions end."""
        await credentials.stop_email_change(body.token, once)
        return {}

    return router
