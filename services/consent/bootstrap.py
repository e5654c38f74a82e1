"""Wiring of the consent service."""

from typing import Final, get_args

from services.consent.adapters.purposes import load_purposes
from services.consent.application.handle import Consents
from services.consent.domain.events import ConsentDomainEvent
from services.consent.entrypoints.http import consent_router
from services.consent.settings import ConsentSettings
from shared.events.base import DomainEvent
from shared.http.problems import ProblemType
from shared.service import Kernel, Service
from shared.unsubscribe import InvalidUnsubscribeLinkError, UnsubscribeLinks

DOMAIN_EVENTS: Final[tuple[type[DomainEvent], ...]] = get_args(ConsentDomainEvent)

PROBLEMS: Final[dict[type[Exception], ProblemType]] = {
    InvalidUnsubscribeLinkError: ProblemType(
        "invalid-link",
        400,
        "Ce lien de désinscription est incomplet. Copiez-le en entier depuis le message.",
        "This unsubscribe link is incomplete. Copy all of it from the message.",
    )
}


def bootstrap(kernel: Kernel[ConsentSettings]) -> Service:
    """Return consent's parts, wired with the kernel."""
    links = UnsubscribeLinks(kernel.settings.link_secret.get_secret_value())
    return Service(
        routers=[consent_router(Consents(kernel.store), load_purposes(), links)],
        problems=PROBLEMS,
    )
