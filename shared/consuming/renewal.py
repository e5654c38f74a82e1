"""Read models of another version than the release folds to, made anew while they serve on."""

import asyncio
from contextlib import suppress
from typing import Final

from shared import telemetry
from shared.consuming.maintenance import Maintenance, MaintenanceBusyError
from shared.consuming.versions import CHECK_SECONDS, Versions
from shared.database import PyMongoError

OTHERS_STAND_BACK_SECONDS: Final = 2 * CHECK_SECONDS
AGAIN_SECONDS: Final = 5.0

log = telemetry.logger(__name__)


async def renew(versions: Versions, maintenance: Maintenance) -> None:
    """Make anew what is outdated, one read model after the other, until nothing is.

    Whatever goes wrong is tried again: nothing is folded until it is done.
    """
    await asyncio.sleep(OTHERS_STAND_BACK_SECONDS)
    while True:
        try:
            names = await versions.outdated()
            if not names:
                return
            for name in names:
                if await versions.is_wanted(name) and await versions.claim(name):
                    await _made_anew(name, versions, maintenance)
        except PyMongoError as error:
            log.warning("renewal waits for the database", error=type(error).__name__)
        except MaintenanceBusyError:
            await maintenance.finished()
        await asyncio.sleep(AGAIN_SECONDS)


async def _made_anew(name: str, versions: Versions, maintenance: Maintenance) -> None:
    log.info("read model is made anew", projection=name)
    alive = asyncio.create_task(versions.beat(name), name="renewal gives signs")
    try:
        status = maintenance.start("rebuild", name)
        await maintenance.finished()
    finally:
        alive.cancel()
        with suppress(asyncio.CancelledError, PyMongoError):
            await alive
    if status.failure is None:
        log.info("read model is of this release", projection=name, records=status.done)
