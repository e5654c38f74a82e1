"""The catalogue and the statistics: what anybody may read."""

from fastapi import APIRouter
from pydantic import BaseModel

from services.learning.application.handle import Learning
from services.learning.entrypoints.asking import Anybody, In, Items
from services.learning.entrypoints.catalogue_views import (
    ModuleDetailView,
    ModuleView,
    module_detail_view,
    module_view,
)

K_ANONYMITY = 10
"""Smallest group of anonymised enrolments that is shown (C2.6, C9.3)."""


class StatisticsGroupView(BaseModel):
    """Figures of one module and year, from at least ten anonymised enrolments."""

    module_id: str
    title: str
    period: str
    enrolments: int
    answers: int
    mean_score: int | None
    """Percent, over every exercise answered."""
    completed_percent: int
    certified_percent: int


class StatisticsView(BaseModel):
    """The groups that may be shown, and how many may not."""

    k: int
    hidden_groups: int
    """Groups under `k`, which are not shown."""
    note: str
    items: list[StatisticsGroupView]


def catalogue_router(learning: Learning) -> APIRouter:
    """Return the routes that show no personal data."""
    router = APIRouter(tags=["catalogue"])

    @router.get("/modules")
    async def modules(language: In) -> Items[ModuleView]:
        """List the catalogue."""
        catalogue = learning.catalogue
        return Items(items=[module_view(catalogue, one, language) for one in catalogue.modules])

    @router.get("/modules/{module_id}")
    async def module(module_id: str, language: In) -> ModuleDetailView:
        """Show one module with its lesson and exercises, without solutions."""
        catalogue = learning.catalogue
        return module_detail_view(catalogue, catalogue.module(module_id), language)

    @router.get("/statistics")
    async def statistics(_: Anybody, language: In) -> StatisticsView:
        """Show figures of anonymised enrolments, in groups of at least ten."""
        groups = await learning.statistics_list.find(limit=1000)
        shown = [group for group in groups if group["enrolments"] >= K_ANONYMITY]
        titles = {one.id: one.title.to(language) for one in learning.catalogue.modules}
        return StatisticsView(
            k=K_ANONYMITY,
            hidden_groups=len(groups) - len(shown),
            note=(
                f"Les groupes de moins de {K_ANONYMITY} inscriptions ne sont pas affichés."
                if language == "fr"
                else f"Groups of fewer than {K_ANONYMITY} enrolments are not shown."
            ),
            items=[
                StatisticsGroupView(
                    module_id=group["module_id"],
                    title=titles.get(group["module_id"], group["module_id"]),
                    period=group["period"],
                    enrolments=group["enrolments"],
                    answers=group["answers"],
                    mean_score=(
                        group["score_sum"] // group["answers"] if group["answers"] else None
                    ),
                    completed_percent=100 * group["completed"] // group["enrolments"],
                    certified_percent=100 * group["certified"] // group["enrolments"],
                )
                for group in shown
            ],
        )

    return router
