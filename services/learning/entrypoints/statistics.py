"""The statistics over HTTP: figures of ten persons or more, whoever asks (C2.6, C9.3)."""

from fastapi import APIRouter

from services.learning.application.handle import Learning
from services.learning.domain.statistics.release import K
from services.learning.domain.statistics.table import table
from services.learning.entrypoints.asking import In
from services.learning.entrypoints.statistics_views import (
    ModuleStatisticsView,
    StatisticsView,
    figures_of,
    module_statistics_view,
    statistics_summary,
)
from services.learning.entrypoints.statistics_words import NOTE

MOST_MODULES = 1000


def statistics_router(learning: Learning) -> APIRouter:
    """Return the routes of the statistics."""
    router = APIRouter(tags=["statistics"])

    @router.get("/statistics")
    async def statistics(language: In) -> StatisticsView:
        """List the modules that anything may be shown of, with their totals."""
        documents = await learning.statistics_list.find(limit=MOST_MODULES)
        return StatisticsView(
            k=K,
            note=NOTE.to(language).format(k=K),
            items=[
                statistics_summary(
                    learning.catalogue, one, table(figures_of(one["figures"])), language
                )
                for one in documents
            ],
        )

    @router.get("/statistics/{module_id}")
    async def module_statistics(module_id: str, language: In) -> ModuleStatisticsView:
        """Show a module's table: in all, by year and by cohort, each with its distributions."""
        document = await learning.statistics_list.get(module_id)
        if document is None:
            learning.catalogue.module(module_id)
            document = {"_id": module_id, "period": None, "figures": []}
        return module_statistics_view(
            learning.catalogue, document, table(figures_of(document["figures"])), language
        )

    return router
