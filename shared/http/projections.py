"""Operations on the read models of a service: pause, resume, rebuild, verify."""

from typing import Final

from fastapi import APIRouter

from shared.consuming.maintenance import (
    Maintenance,
    MaintenanceBusyError,
    ProjectionStatus,
    UnknownProjectionError,
    Work,
)
from shared.http.problems import NOT_FOUND, ProblemError, ProblemType

MAINTENANCE_BUSY: Final = ProblemType(
    "maintenance-busy",
    409,
    "Une autre vue de ce service est en cours de reconstruction ou de vérification.",
    "Another read model of this service is being rebuilt or verified.",
)


def projections_router(maintenance: Maintenance) -> APIRouter:
    """Return `/ops/projections*` for the read models that `maintenance` looks after."""
    router = APIRouter(tags=["operations"])

    @router.get("/ops/projections")
    async def projections() -> list[ProjectionStatus]:
        """Return how it stands with every read model: paused, rebuilt, verified, how far."""
        return maintenance.status()

    @router.post("/ops/projections/pause")
    async def pause() -> list[ProjectionStatus]:
        """Let events wait, until they are resumed or the service restarts."""
        maintenance.pause()
        return maintenance.status()

    @router.post("/ops/projections/resume")
    async def resume() -> list[ProjectionStatus]:
        """Fold what has waited, and go on."""
        maintenance.resume()
        return maintenance.status()

    @router.post("/ops/projections/{name}/{work}", status_code=202)
    async def maintain(name: str, work: Work) -> ProjectionStatus:
        """Begin to rebuild one read model, or to compare it with one made anew.

        It serves on meanwhile; `GET /ops/projections` tells how far it is. 404 when there is none
        of that name, 409 while another one is worked on.
        """
        try:
            return maintenance.start(work, name)
        except UnknownProjectionError:
            raise ProblemError(NOT_FOUND) from None
        except MaintenanceBusyError:
            raise ProblemError(MAINTENANCE_BUSY) from None

    return router
