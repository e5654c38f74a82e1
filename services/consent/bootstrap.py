"""Wiring of the consent service."""

from services.consent.adapters.purposes_file import load_purposes
from services.consent.adapters.unsubscribe_links import UnsubscribeLinks
from services.consent.application.handle import Consents
from services.consent.entrypoints.http import router
from services.consent.entrypoints.problems import PROBLEMS
from services.consent.settings import ConsentSettings
from shared.service import Kernel, Service


def bootstrap(kernel: Kernel[ConsentSettings]) -> Service:
    """Wire the service's parts with the kernel."""
    links = UnsubscribeLinks(kernel.settings.link_secret.get_secret_value())
    consents = Consents(kernel.store, kernel.clock, load_purposes(), links)
    return Service(routers=[router(consents)], problems=PROBLEMS, erase=consents.erase)
