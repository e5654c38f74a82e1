"""Signing in through an external OpenID Connect provider over HTTP (C7.3)."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import StringConstraints

from services.identity.application.provider_sign_in import LedAway, ProviderSignIn
from services.identity.application.sign_in_record import Origin, SignedInPrincipal
from services.identity.application.staff import Staff
from services.identity.entrypoints.bodies import Body, Device
from services.identity.entrypoints.principals import ClientAddress
from shared.event_store import Metadata
from shared.events.base import SubjectId
from shared.http.auth import Caller
from shared.http.idempotency import Once
from shared.http.problems import NOT_FOUND, ProblemError
from shared.personal import Personal

Opaque = Annotated[str, StringConstraints(min_length=1, max_length=4000)]


class LogoutBody(Body):
    """What the provider tells of who signed out there."""

    logout_token: Opaque


class BackBody(Body):
    """What a browser comes back from the provider with, and what it had kept."""

    code: Opaque
    state: Opaque
    pending: Opaque
    device: Device | None = None
    browser: Annotated[str, StringConstraints(max_length=500)] = "unknown"


def provider_router(sign_ins: ProviderSignIn | None, staff: Staff) -> APIRouter:
    """Return the endpoints of the external provider; 404 where none is configured."""
    router = APIRouter(tags=["external provider"])

    def configured() -> ProviderSignIn:
        if sign_ins is None:
            raise ProblemError(NOT_FOUND)
        return sign_ins

    @router.post("/provider-sign-ins", status_code=201)
    async def begin(address: ClientAddress) -> LedAway:
        """Tell where to send a browser that wants to sign in with the provider.

        424 when the provider does not answer.
        """
        return await configured().begin(address)

    @router.post("/sessions/provider", status_code=201)
    async def complete(body: BackBody, address: ClientAddress) -> SignedInPrincipal:
        """Sign in the member of staff whom the provider vouches for.

        403 where it vouches for nobody, for nobody invited, or not strongly enough.
        """
        origin = Origin(
            ip_address=Personal(address),
            browser=Personal(body.browser),
            screen=None,
            device=body.device,
        )
        return await configured().complete(body.code, body.state, body.pending, origin)

    @router.post("/provider-logouts")
    async def log_out(body: LogoutBody, address: ClientAddress) -> dict[str, str]:
        """End the sessions of who has signed out at the provider, everywhere.

        With the provider's signed logout token (OpenID Connect Back-Channel Logout 1.0), which
        serves once; 403 where it is none for us.
        """
        await configured().log_out(body.logout_token, address)
        return {}

    @router.post("/staff/{staff_id}/provider-invitation", status_code=204)
    async def invite(staff_id: str, principal: Caller, once: Once) -> None:
        """Let a first sign-in with the provider link the account of a member, for seven days.

        A link that there was before does not count any more.
        """
        configured()
        await staff.invite_to_provider(SubjectId(staff_id), Metadata.by(principal, once))

    return router
