"""Wiring of the identity service: its capabilities, each from a module of `wiring`."""

from typing import Final, get_args

from services.identity.adapters.failed_sign_ins import FailedSignIns
from services.identity.adapters.support_files import SupportFiles
from services.identity.application.contribution import contributing
from services.identity.application.erase import Eraser
from services.identity.domain.access_file.events import AccessFileEvent
from services.identity.domain.anomaly.events import AnomalyEvent
from services.identity.domain.authenticators.events import AuthenticatorEvent
from services.identity.domain.break_glass.events import BreakGlassEvent
from services.identity.domain.demand.events import DemandEvent, PersonTold
from services.identity.domain.learner.events import LearnerEvent
from services.identity.domain.prospect.events import ProspectEvent
from services.identity.domain.rights_case.events import RightsCaseEvent
from services.identity.domain.staff.events import StaffEvent
from services.identity.domain.support.events import SupportEvent
from services.identity.domain.traces.events import TraceTaken
from services.identity.entrypoints.problems import PROBLEMS
from services.identity.settings import IdentitySettings
from services.identity.wiring.core import Core
from services.identity.wiring.demands import demands
from services.identity.wiring.rights import rights, rights_cases_of
from services.identity.wiring.sign_in import sign_in
from services.identity.wiring.support import support
from services.identity.wiring.watch import watch
from shared.events.base import DomainEvent
from shared.personal import Category
from shared.service import Kernel, Part, Service

DOMAIN_EVENTS: Final[tuple[type[DomainEvent], ...]] = (
    *get_args(LearnerEvent),
    *get_args(ProspectEvent),
    *get_args(SupportEvent),
    *get_args(RightsCaseEvent),
    *get_args(AccessFileEvent),
    *get_args(DemandEvent),
    PersonTold,
    *get_args(StaffEvent),
    *get_args(AuthenticatorEvent),
    *get_args(AnomalyEvent),
    *get_args(BreakGlassEvent),
    TraceTaken,
)


def bootstrap(kernel: Kernel[IdentitySettings]) -> Service:
    """Return identity's parts, wired with the kernel."""
    core = Core.of(kernel)
    failures = FailedSignIns(kernel.database, core.secret, kernel.clock)
    cases = rights_cases_of(core)
    documents = SupportFiles(kernel.database, kernel.vault, "demand_files", Category.DEMAND)
    return Service.of(
        Part(prepare=core.prepare),
        sign_in(core, failures),
        support(core, cases),
        rights(core, cases),
        demands(core, documents),
        watch(core, failures),
        problems=PROBLEMS,
        erase=Eraser(core.accounts, core.index, core.files, documents).erase,
        contribute=contributing(kernel.store, core.files),
    )
