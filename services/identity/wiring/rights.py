"""What people may ask for: rights cases, the access file, what they provided (C8)."""

from datetime import timedelta
from functools import partial

from services.identity.adapters.links import ACCESS_FILE_LIFETIME, RIGHTS_LIFETIME
from services.identity.adapters.rights_words import load_rights_words
from services.identity.application.access_file_reactions import access_files
from services.identity.application.access_files import AccessFiles
from services.identity.application.recipients import Recipients
from services.identity.application.rights_acts import RightsActs
from services.identity.application.rights_cases import RightsCases
from services.identity.application.rights_reactions import rights_cases
from services.identity.entrypoints.access_files import access_files_router
from services.identity.entrypoints.held_data import held_data_router
from services.identity.entrypoints.participants import participants_router
from services.identity.entrypoints.provided import provided_router
from services.identity.entrypoints.registers import registers_router
from services.identity.entrypoints.rights_cases import own_rights_router, rights_desk_router
from services.identity.projections.access_files import AccessFileList
from services.identity.projections.attendances import Attendances
from services.identity.projections.live_sessions import LiveSessions
from services.identity.projections.rights_cases import RightsCaseList
from services.identity.wiring.core import Core
from shared.processors.register import ProcessorRegister
from shared.scheduling import Schedule
from shared.service import Part


def rights_cases_of(core: Core) -> RightsCases:
    """Return the cases, which the desk needs, too."""
    return RightsCases(
        core.store,
        core.support,
        core.accounts,
        core.prospects,
        core.links("rights-case", RIGHTS_LIFETIME),
        load_rights_words(),
        core.clock,
        core.settings.public_url,
    )


def rights(core: Core, cases: RightsCases) -> Part:
    """Return rights cases, and what answers them."""
    kernel, store, clock = core.kernel, core.store, core.clock
    acts = RightsActs(store)
    access = AccessFiles(
        store,
        cases,
        core.links("access-file", ACCESS_FILE_LIFETIME),
        clock,
        secret=core.secret,
        public_url=core.settings.public_url,
    )
    recipients = Recipients(
        acts,
        kernel.read_model(ProcessorRegister()),
        kernel.read_model(LiveSessions()),
        kernel.read_model(Attendances()),
        clock,
    )
    listed_cases = kernel.read_model(RightsCaseList())
    listed_files = kernel.read_model(AccessFileList())
    return Part(
        routers=[
            held_data_router(store, core.gate),
            provided_router(store, cases, acts, clock),
            own_rights_router(kernel, cases),
            access_files_router(kernel, access, cases),
            rights_desk_router(kernel, cases, recipients, core.staff),
            registers_router(kernel, core.gate, core.accounts),
            participants_router(kernel, core.gate, core.accounts),
        ],
        projections=[
            RightsCaseList(),
            AccessFileList(),
            LiveSessions(),
            Attendances(),
            ProcessorRegister(),
        ],
        reactions=[
            rights_cases(cases, core.support),
            access_files(access),
            acts.reaction(),
            recipients.reaction(),
        ],
        schedules=[
            Schedule("rights-cases", timedelta(minutes=1), partial(cases.follow, listed_cases)),
            Schedule("access-files", timedelta(minutes=1), partial(access.follow, listed_files)),
        ],
    )
