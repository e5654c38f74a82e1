"""The identity service in this process, for what is measured of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from bench.stage import Stage, environment
from services.identity.application.publish import publish
from services.identity.bootstrap import DOMAIN_EVENTS, bootstrap
from services.identity.settings import IdentitySettings
from shared.service import create_app


@asynccontextmanager
async def identity(stage: Stage) -> AsyncIterator[FastAPI]:
    """Yield the running service, in an environment that its settings were read from."""
    own = {"CARIONEXIQ_LOG_LEVEL": "ERROR", "CARIONEXIQ_LINK_SECRET": "of this measurement"}
    with environment({**stage.settings().service_environment(), **own}):
        app = create_app(
            "identity",
            settings=IdentitySettings,
            domain_events=DOMAIN_EVENTS,
            publish=publish,
            bootstrap=bootstrap,
        )
        async with app.router.lifespan_context(app):
            yield app
