"""Services in this process, for what is measured of them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

from fastapi import FastAPI

from bench.stage import Stage, environment
from services.consent.application import publish as consent
from services.consent.bootstrap import bootstrap as bootstrap_consent
from services.consent.settings import ConsentSettings
from services.identity.application import publish as identity
from services.identity.bootstrap import DOMAIN_EVENTS as IDENTITY_EVENTS
from services.identity.bootstrap import bootstrap as bootstrap_identity
from services.identity.settings import IdentitySettings
from services.learning.application import publish as learning
from services.learning.bootstrap import bootstrap as bootstrap_learning
from services.learning.settings import LearningSettings
from services.notify.application import publish as notify
from services.notify.bootstrap import bootstrap as bootstrap_notify
from services.notify.settings import NotifySettings
from shared.service import create_app

SECRET: Final = "of this measurement"  # noqa: S105 - signs links of a measurement
_PARTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "consent": {
        "settings": ConsentSettings,
        "domain_events": consent.DOMAIN_EVENTS,
        "publish": consent.publish,
        "bootstrap": bootstrap_consent,
    },
    "identity": {
        "settings": IdentitySettings,
        "domain_events": IDENTITY_EVENTS,
        "publish": identity.publish,
        "bootstrap": bootstrap_identity,
    },
    "learning": {
        "settings": LearningSettings,
        "domain_events": learning.DOMAIN_EVENTS,
        "publish": learning.publish,
        "bootstrap": bootstrap_learning,
    },
    "notify": {
        "settings": NotifySettings,
        "domain_events": notify.DOMAIN_EVENTS,
        "publish": notify.publish,
        "bootstrap": bootstrap_notify,
    },
}


@asynccontextmanager
async def running(stage: Stage, *names: str) -> AsyncIterator[list[FastAPI]]:
    """Yield the services of these names, running, with settings read of `stage`."""
    own = {"CARIONEXIQ_LOG_LEVEL": "ERROR", "CARIONEXIQ_LINK_SECRET": SECRET}
    async with AsyncExitStack() as stack:
        stack.enter_context(environment({**stage.settings().service_environment(), **own}))
        apps = [create_app(name, **_PARTS[name]) for name in names]
        for app in apps:
            await stack.enter_async_context(app.router.lifespan_context(app))
        yield apps
