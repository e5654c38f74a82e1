"""Wiring of the notify service."""

from datetime import timedelta

from services.notify.adapters.letters import Letters
from services.notify.adapters.pending_messages import PendingMessages
from services.notify.adapters.recipient_directory import RecipientDirectory
from services.notify.adapters.sent_mail import SentMail
from services.notify.adapters.smtp import SmtpMailer
from services.notify.adapters.texts import load_texts
from services.notify.adapters.unsubscribe_links import UnsubscribeLinks
from services.notify.application.deliver import Dispatcher
from services.notify.application.erase import Farewell
from services.notify.application.newsletter import Newsletter
from services.notify.application.react import Messages
from services.notify.application.retries import Retries
from services.notify.entrypoints.aside import aside_router
from services.notify.entrypoints.http import router
from services.notify.projections.recipients import Recipients
from services.notify.settings import NotifySettings
from shared.archive import ArchiveGate
from shared.scheduling import Schedule
from shared.service import Kernel, Service


def bootstrap(kernel: Kernel[NotifySettings]) -> Service:
    """Wire the service's parts with the kernel."""
    settings = kernel.settings
    texts = load_texts()
    directory = RecipientDirectory(
        kernel.database.collection(Recipients.name),
        kernel.vault,
        officer_mailbox=settings.officer_mailbox,
        security_mailbox=settings.security_mailbox,
    )
    pending = PendingMessages(kernel.database)
    links = UnsubscribeLinks(settings.link_secret.get_secret_value(), settings.public_url)
    letters = Letters(texts, links, public_url=settings.public_url, sender=settings.mail_from)
    dispatcher = Dispatcher(
        kernel.store,
        kernel.clock,
        directory,
        pending,
        letters,
        SmtpMailer(settings),
        restored_at=lambda: kernel.restorations.restored_at,
    )
    messages = Messages(dispatcher, directory, kernel.clock, texts.reason_key)
    newsletter = Newsletter(dispatcher, directory, kernel.clock)
    retries = Retries(dispatcher, pending, kernel.clock)
    farewell = Farewell(dispatcher, directory, kernel.clock)
    gate = ArchiveGate("notify", kernel.store, kernel.read_model(Recipients()))

    async def prepare() -> None:
        await pending.prepare()
        await kernel.restorations.once("unsettled messages", dispatcher.set_open_aside)

    return Service(
        routers=[router(kernel.store, directory, gate), aside_router(dispatcher, pending)],
        projections=[Recipients()],
        reactions=[messages.reaction()],
        schedules=[
            Schedule("newsletter", timedelta(days=1), newsletter.send),
            Schedule("retries", timedelta(minutes=1), retries.run),
        ],
        erase=farewell.erase,
        searched=[SentMail(settings.mailbox_dir, kernel.store)] if settings.mailbox_dir else [],
        prepare=prepare,
    )
