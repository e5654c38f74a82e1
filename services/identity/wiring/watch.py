"""Watching over access, and accesses that break the glass (C7.4, C4.2)."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from services.identity.adapters.failed_sign_ins import FailedSignIns
from services.identity.adapters.geography import Geography
from services.identity.adapters.links import NOTICE_LIFETIME, RECOVERY_LIFETIME
from services.identity.adapters.reading_log import ReadingLog
from services.identity.adapters.session_answers import SessionAnswers
from services.identity.application.anomalies import Anomalies
from services.identity.application.break_glass import BreakGlassAccesses
from services.identity.application.notices import SignInNotices
from services.identity.application.watch_book import load_watch_rules, standings
from services.identity.application.watching import Watching, incidents
from services.identity.entrypoints.anomalies import anomalies_router, notices_router
from services.identity.entrypoints.break_glass import break_glass_router
from services.identity.projections.anomalies import AnomalyList
from services.identity.projections.break_glass import BreakGlassList
from services.identity.projections.traces import Traces
from services.identity.wiring.core import Core
from shared import telemetry
from shared.rights import load_rights
from shared.scheduling import Schedule
from shared.service import Part

log = telemetry.logger(__name__)


def watch(core: Core, failures: FailedSignIns) -> Part:
    """Return what watches; `failures` is what sign-in tells it of."""
    kernel, store, clock, settings = core.kernel, core.store, core.clock, core.settings
    rules = load_watch_rules(settings.watch_rules_file)
    geography = Geography(settings.geography_file)
    readings = ReadingLog(kernel.database, clock)
    answers = SessionAnswers(kernel.database, clock)
    asked = core.links("sign-in-notice", NOTICE_LIFETIME)
    anomalies = Anomalies(store, rules, asked)
    watching = Watching(
        store,
        clock,
        rules,
        geography=geography,
        failures=failures,
        readings=readings,
        answers=answers,
        anomalies=anomalies,
    )
    notices = SignInNotices(
        anomalies, core.accounts, asked, core.links("recovery", RECOVERY_LIFETIME), clock
    )
    accesses = BreakGlassAccesses(
        store, clock, core.accounts, load_rights(), timedelta(minutes=settings.break_glass_minutes)
    )
    taken = kernel.read_model(BreakGlassList())
    remind_of_reviews = partial(
        accesses.remind, taken, timedelta(hours=settings.break_glass_review_hours)
    )

    async def forget_attempts() -> Mapping[str, int]:
        watched = await watching.forget_old()
        return {"attempts": await core.attempts.forget_old(), "watched": watched}

    async def prepare() -> None:
        await failures.prepare()
        await readings.prepare()
        await answers.prepare()
        for one in standings(rules, geography):
            if one.inactive_because is not None:
                log.warning("rule watches nothing", rule=one.rule.id, why=one.inactive_because)

    async def close() -> None:
        geography.close()

    return Part(
        routers=[
            anomalies_router(kernel, anomalies, rules, geography, core.gate),
            notices_router(notices),
            break_glass_router(kernel, accesses, core.gate),
        ],
        projections=[Traces(), AnomalyList(), BreakGlassList()],
        reactions=[watching.reaction(), incidents(anomalies), accesses.endings(taken)],
        schedules=[
            Schedule("attempts", timedelta(hours=1), forget_attempts),
            Schedule("break-glass", timedelta(minutes=1), remind_of_reviews),
            Schedule("watch", timedelta(minutes=1), watching.run),
        ],
        prepare=prepare,
        close=close,
    )
