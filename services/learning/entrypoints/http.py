"""The service's routes, one router per compartment; no rule lives here."""

from fastapi import APIRouter

from services.learning.application.handle import Learning
from services.learning.entrypoints.assignments import assignments_router
from services.learning.entrypoints.belongings import belongings_router
from services.learning.entrypoints.billing import billing_router
from services.learning.entrypoints.catalogue import catalogue_router
from services.learning.entrypoints.choices import choices_router
from services.learning.entrypoints.corrections import corrections_router
from services.learning.entrypoints.disputes import disputes_router, own_disputes_router
from services.learning.entrypoints.enrolments import enrolments_router
from services.learning.entrypoints.live_sessions import live_sessions_router
from services.learning.entrypoints.own_sessions import own_sessions_router
from services.learning.entrypoints.portability import portability_router
from services.learning.entrypoints.sessions import sessions_router
from services.learning.entrypoints.statistics import statistics_router
from services.learning.entrypoints.teaching import teaching_router


def routers(learning: Learning) -> list[APIRouter]:
    """Return every router of the service."""
    return [
        catalogue_router(learning),
        enrolments_router(learning),
        belongings_router(learning),
        portability_router(learning),
        choices_router(learning),
        teaching_router(learning),
        assignments_router(learning),
        live_sessions_router(learning),
        own_sessions_router(learning),
        sessions_router(learning),
        billing_router(learning),
        corrections_router(learning),
        statistics_router(learning),
        own_disputes_router(learning),
        disputes_router(learning),
    ]
