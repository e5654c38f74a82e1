"""The catalogue: what anybody may read."""

from fastapi import APIRouter

from services.learning.application.handle import Learning
from services.learning.entrypoints.asking import In, Items
from services.learning.entrypoints.catalogue_views import (
    ModuleDetailView,
    ModuleView,
    module_detail_view,
    module_view,
)


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

    return router
