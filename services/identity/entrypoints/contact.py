"""The contact form over HTTP (C1.3)."""

from fastapi import APIRouter

from services.identity.application.intake import Incoming, Intake
from services.identity.application.throttle import Throttle
from services.identity.domain.nobody import NOBODY
from services.identity.entrypoints import bodies
from services.identity.entrypoints.files import taken
from services.identity.entrypoints.principals import ClientAddress
from shared.event_store import Metadata
from shared.http.idempotency import PublicOnce
from shared.personal import Personal


def contact_router(intake: Intake, throttle: Throttle) -> APIRouter:
    """Return the endpoint of the contact form."""
    router = APIRouter(tags=["support"])

    @router.post("/contact-requests", status_code=202)
    async def contact(
        body: bodies.ContactBody, address: ClientAddress, once: PublicOnce
    ) -> dict[str, str]:
        """Write to the platform without signing in (C1.3).

        The answer does not tell whether the e-mail address has an account.
        """
        incoming = Incoming(
            channel="form",
            name=Personal(body.name),
            email=Personal(body.email),
            message=Personal(body.message),
            title=None if body.title is None else Personal(body.title),
            context=None if body.context is None else Personal(body.context),
            language=body.language,
            files=taken(body.files),
        )
        meta = Metadata.of(once, actor=NOBODY, role="prospect")
        async with throttle.contact(body.email, address):
            await intake.receive(incoming, once.first_id(), meta)
        return {}

    return router
