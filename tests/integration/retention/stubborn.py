"""A stand-in for notify as a process of its own, whose erasing never ends."""

import asyncio
import os
from pathlib import Path

from shared.erasure import ErasureOrder
from shared.service import Kernel, Service, create_app
from shared.settings import Settings
from tests.integration.retention.conftest import Noted

FOLDER = Path(os.environ["STUBBORN_FOLDER"])


def _bootstrap(_: Kernel[Settings]) -> Service:
    async def erase(_: ErasureOrder) -> None:
        (FOLDER / "began").touch()
        await asyncio.Event().wait()

    return Service(routers=[], erase=erase)


app = create_app(
    "notify",
    settings=Settings,
    domain_events=(Noted,),
    publish=lambda _: None,
    bootstrap=_bootstrap,
)
