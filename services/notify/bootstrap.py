"""Wiring of the notify service."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from services.notify.adapters.dkim_signing import DkimSigner
from services.notify.adapters.figures import Figures
from services.notify.adapters.handovers import Handovers
from services.notify.adapters.letters import Letters
from services.notify.adapters.newsletter_batches import NewsletterBatches
from services.notify.adapters.pending_messages import PendingMessages
from services.notify.adapters.policy_announcements import PolicyAnnouncements, Unreached
from services.notify.adapters.recipient_directory import RecipientDirectory
from services.notify.adapters.return_path import ReturnPaths
from services.notify.adapters.sent_mail import SentMail
from services.notify.adapters.smtp import SmtpMailer
from services.notify.adapters.suppression_list import SuppressionList
from services.notify.adapters.texts import load_texts
from services.notify.adapters.traffic import Traffic, load_providers
from services.notify.adapters.unsubscribe_links import UnsubscribeLinks
from services.notify.application.attempts import Outside
from services.notify.application.contribution import contributing
from services.notify.application.deliver import Dispatcher
from services.notify.application.erase import Farewell
from services.notify.application.event_invitations import Events
from services.notify.application.held import held_by
from services.notify.application.invitations import Invitations
from services.notify.application.newsletter import Newsletter
from services.notify.application.notices import NoticeBoard
from services.notify.application.policy_notices import PolicyNotices
from services.notify.application.proven import ProvenAddresses
from services.notify.application.react import Messages
from services.notify.application.retries import Retries
from services.notify.application.returned import Returned
from services.notify.entrypoints.aside import aside_router
from services.notify.entrypoints.choices import choices_router
from services.notify.entrypoints.delivery import delivery_router
from services.notify.entrypoints.events import PROBLEMS, events_router
from services.notify.entrypoints.http import router
from services.notify.entrypoints.notices import notices_router
from services.notify.entrypoints.policy import policy_router
from services.notify.entrypoints.samples import samples_router
from services.notify.projections.policy import AnnouncedPolicies, PolicyNoticesTold
from services.notify.projections.recipients import Recipients
from services.notify.settings import NotifySettings
from shared.archive import ArchiveGate
from shared.disclosures.contribute import contributes
from shared.erasure import ErasureOrder
from shared.imap import ImapMailbox
from shared.processors.register import ProcessorRegister
from shared.processors.transfers import Transfers
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
    secret = settings.link_secret.get_secret_value()
    suppressions = SuppressionList(kernel.database, secret)
    figures = Figures(kernel.database, kernel.clock)
    returns = ReturnPaths(secret, settings.return_address) if settings.return_address else None
    traffic = Traffic(load_providers(), settings.smtp_connections)
    handovers = Handovers(settings.data_dir / "handovers")
    transfers = Transfers(kernel.read_model(ProcessorRegister()), kernel.clock)
    mailer = SmtpMailer(settings, handovers, DkimSigner.of(settings))
    links = UnsubscribeLinks(secret, settings.public_url)
    letters = Letters(
        texts, links, public_url=settings.public_url, sender=settings.mail_from, returns=returns
    )
    outside = Outside(
        letters,
        mailer,
        traffic,
        suppressions,
        figures,
        returns.of if returns is not None else lambda _: settings.mail_from,
        kernel.choices,
        settings.quiet_hours,
        lambda: transfers.why_not("mail_out", settings.smtp_processor),
    )
    dispatcher = Dispatcher(
        kernel.store,
        kernel.clock,
        directory,
        pending,
        outside,
        restored_at=lambda: kernel.restorations.restored_at,
    )
    invitations = Invitations(kernel.store, kernel.clock)
    messages = Messages(dispatcher, directory, kernel.clock, texts.reason_key)
    newsletter = Newsletter(
        dispatcher,
        directory,
        NewsletterBatches(kernel.database),
        suppressions,
        kernel.clock,
        texts.purposes_of,
        at_once=settings.smtp_connections - 2,
    )
    mailbox = settings.return_mailbox
    returned = Returned(
        dispatcher,
        directory,
        suppressions,
        returns,
        ImapMailbox(mailbox, lambda: transfers.why_not("mail_in", settings.return_imap_processor))
        if mailbox is not None
        else None,
        figures,
        kernel.clock,
    )
    unreached = Unreached(kernel.database.collection(PolicyNoticesTold.name))
    notices = PolicyNotices(
        dispatcher,
        directory,
        pending,
        PolicyAnnouncements(kernel.database.collection(AnnouncedPolicies.name)),
        unreached,
        kernel.clock,
    )
    events = Events(kernel.store, dispatcher, directory, kernel.clock)
    proven = ProvenAddresses(directory, suppressions)
    retries = Retries(dispatcher, pending, kernel.clock)
    board = NoticeBoard(kernel.store, directory, kernel.choices, kernel.clock)
    farewell = Farewell(dispatcher, directory, kernel.clock, invitations)
    gate = ArchiveGate("notify", kernel.store, kernel.read_model(Recipients()))

    async def settle() -> None:
        """Record what processes that are no more knew of the messages they were sending."""
        with handovers.left_behind() as found:
            taken, doubtful = sorted(found.taken), sorted(found.doubtful)
            await newsletter.settle(taken, doubtful)
            await dispatcher.settle_handed_over(taken, doubtful)

    async def resume() -> Mapping[str, int | str]:
        await settle()
        return await newsletter.resume()

    async def erase(ordered: ErasureOrder) -> None:
        await newsletter.leave_alone(ordered.order.subject_id)
        await farewell.erase(ordered)

    async def prepare() -> None:
        await pending.prepare()
        await suppressions.prepare()
        await settle()
        await kernel.restorations.once("unsettled messages", dispatcher.set_open_aside)

    async def close() -> None:
        await mailer.close()
        await figures.keep()

    operators = delivery_router(pending, traffic, suppressions, figures, kernel.clock)
    return Service(
        routers=[
            router(kernel.store, directory, gate),
            aside_router(dispatcher, pending),
            operators,
            choices_router(),
            samples_router(letters),
            events_router(events, directory),
            policy_router(unreached, dispatcher, kernel.clock),
            notices_router(board, letters),
        ],
        problems=PROBLEMS,
        projections=[
            Recipients(),
            ProcessorRegister(),
            AnnouncedPolicies(),
            PolicyNoticesTold(),
        ],
        reactions=[
            messages.reaction(),
            proven.reaction(),
            contributes(
                "notify", kernel.store, kernel.clock, partial(held_by, kernel.store, directory)
            ),
        ],
        schedules=[
            Schedule("newsletter", timedelta(days=1), newsletter.send),
            Schedule("event_invitations", timedelta(minutes=10), events.run),
            Schedule("newsletter_left", timedelta(seconds=30), resume),
            Schedule("policy_notices", timedelta(minutes=10), notices.run),
            Schedule("retries", timedelta(seconds=10), retries.run),
            Schedule("returned", timedelta(minutes=1), returned.run),
        ],
        erase=erase,
        contribute=contributing(kernel.store, directory),
        searched=[SentMail(settings.mailbox_dir, kernel.store)] if settings.mailbox_dir else [],
        prepare=prepare,
        close=close,
    )
