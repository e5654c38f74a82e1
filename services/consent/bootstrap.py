"""Wiring of the consent service."""

from functools import partial

from services.consent.adapters.policy_files import load_policies
from services.consent.adapters.purposes_file import load_purposes
from services.consent.adapters.receipt_context import load_context
from services.consent.adapters.unsubscribe_links import UnsubscribeLinks
from services.consent.application.contribution import contributing
from services.consent.application.handle import COMPLAINTS, Consents
from services.consent.application.held import held_by
from services.consent.application.policy import PolicyBook
from services.consent.entrypoints.choices import choices_router
from services.consent.entrypoints.http import router
from services.consent.entrypoints.policy import policy_router
from services.consent.entrypoints.problems import PROBLEMS
from services.consent.settings import ConsentSettings
from shared.choices.pulse import Pulse
from shared.consuming.reactions import Reaction
from shared.disclosures.contribute import contributes
from shared.events.notify import MessageComplained
from shared.service import Kernel, Service


def bootstrap(kernel: Kernel[ConsentSettings]) -> Service:
    """Wire the service's parts with the kernel."""
    settings = kernel.settings
    secrets = (settings.link_secret, *settings.retired_link_secrets)
    links = UnsubscribeLinks([secret.get_secret_value() for secret in secrets])
    consents = Consents(kernel.store, kernel.clock, load_purposes(), links)
    book = PolicyBook(kernel.store, kernel.clock, load_policies())
    return Service(
        routers=[
            router(consents, load_context(), settings.public_url),
            choices_router(consents),
            policy_router(book, consents),
        ],
        problems=PROBLEMS,
        reactions=[
            Reaction(COMPLAINTS, ("notify.events",), {MessageComplained: consents.complained}),
            contributes("consent", kernel.store, kernel.clock, partial(held_by, consents)),
        ],
        tasks={"pulse": Pulse(settings, kernel.database).run},
        erase=consents.erase,
        contribute=contributing(consents),
        prepare=book.verify,
    )
