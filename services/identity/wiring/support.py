"""Support, prospects and mail that comes in: what people write and who answers (C1.3, C2.7)."""

from datetime import timedelta

from services.identity.adapters.canned_answers import load_canned_answers
from services.identity.application.desk import Desk
from services.identity.application.intake import Intake
from services.identity.application.mail_intake import MailIntake
from services.identity.application.react import conversion
from services.identity.application.rights_cases import RightsCases
from services.identity.entrypoints.contact import contact_router
from services.identity.entrypoints.support import (
    canned_router,
    desk_router,
    own_requests_router,
    queue_router,
)
from services.identity.projections.prospects import ProspectList
from services.identity.projections.support_requests import SupportRequests
from services.identity.wiring.core import Core
from shared.imap import ImapMailbox
from shared.scheduling import Schedule
from shared.service import Part


def support(core: Core, cases: RightsCases) -> Part:
    """Return the desk and the ways to it; `cases` are what exchanges may be about."""
    kernel, settings = core.kernel, core.settings
    intake = Intake(
        core.support, core.prospects, core.accounts, core.index, core.clock, core.tokens
    )
    desk = Desk(kernel, core.index)
    mails = MailIntake(
        ImapMailbox(
            settings.mailbox, lambda: core.transfers.why_not("mail_in", settings.imap_processor)
        ),
        intake,
        core.tokens,
        core.clock,
        secret=core.secret,
        own_address=settings.mail_from,
    )
    return Part(
        routers=[
            own_requests_router(kernel, core.support, desk, core.files),
            queue_router(kernel, desk, core.gate, core.files),
            desk_router(kernel, core.support, core.staff, intake, cases),
            canned_router(load_canned_answers()),
            contact_router(intake, core.throttle),
        ],
        projections=[SupportRequests(), ProspectList()],
        reactions=[conversion(core.accounts, core.prospects, core.support, cases)],
        schedules=(
            [Schedule("mailbox", timedelta(minutes=1), mails.run)] if settings.imap_host else []
        ),
    )
