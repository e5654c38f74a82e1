"""The identity service in this process, for what is measured of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from bench.stage import Stage, environment
from services.consent.application.publish import DOMAIN_EVENTS as CONSENT_EVENTS
from services.consent.application.publish import publish as publish_consent
from services.consent.bootstrap import bootstrap as bootstrap_consent
from services.consent.settings import ConsentSettings
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


@asynccontextmanager
async def consent() -> AsyncIterator[FastAPI]:
    """Yield consent's service, running beside identity in the environment that this one has."""
    app = create_app(
        "consent",
        settings=ConsentSettings,
        domain_events=CONSENT_EVENTS,
        publish=publish_consent,
        bootstrap=bootstrap_consent,
    )
    async with app.router.lifespan_context(app):
        yield app
