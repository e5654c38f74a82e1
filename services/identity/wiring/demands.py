"""Official demands and what they are given (C6.2)."""

from datetime import timedelta

from services.identity.adapters.support_files import SupportFiles
from services.identity.application.demand_reactions import demand_reactions
from services.identity.application.demands import Demands
from services.identity.entrypoints.demands import demands_router, disclosures_router, told_router
from services.identity.entrypoints.held_data import held_by
from services.identity.projections.demands import DemandList, DisclosureParts, ToldDisclosures
from services.identity.wiring.core import Core
from shared.disclosures.contribute import contributes
from shared.scheduling import Schedule
from shared.service import Part


def demands(core: Core, documents: SupportFiles) -> Part:
    """Return the register of demands; `documents` is where what authorities wrote is kept."""
    kernel = core.kernel
    register = Demands(
        core.store,
        core.clock,
        core.index,
        documents,
        kernel.vault,
        listed=kernel.read_model(DemandList()),
        parts=kernel.read_model(DisclosureParts()),
    )

    async def prepare() -> None:
        await documents.prepare()
        await kernel.restorations.once("documents of demands", documents.forget_erased)

    return Part(
        routers=[
            demands_router(kernel, register),
            disclosures_router(kernel, register),
            told_router(kernel),
        ],
        projections=[DemandList(), DisclosureParts(), ToldDisclosures()],
        reactions=[
            demand_reactions(register),
            contributes("identity", core.store, core.clock, held_by(core.store)),
        ],
        schedules=[Schedule("demands", timedelta(minutes=1), register.follow)],
        prepare=prepare,
    )
