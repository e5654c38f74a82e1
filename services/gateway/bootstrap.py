"""Wires the gateway; nothing else knows about wiring."""

import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
from fastapi import APIRouter, Depends, FastAPI, Response
from fastapi.staticfiles import StaticFiles

from services.gateway import proxy
from services.gateway.failures import install_failure_pages
from services.gateway.form_guard import FormGuard
from services.gateway.notices.hearing import NoticeNews
from services.gateway.notices.streams import Streams
from services.gateway.notices.telling import Telling
from services.gateway.pages import (
    access_file,
    authenticators,
    choices,
    confirmation,
    consequences,
    contact,
    credentials,
    dead_letters,
    demonstration,
    home,
    leaving,
    live_sessions,
    minors,
    money_and_recordings,
    my_data,
    notices,
    operations,
    own_rights,
    own_sessions,
    policy,
    portability,
    provider,
    rectification,
    registration,
    sign_in,
    sign_in_notice,
    training,
    transparency,
    unsubscribing,
)
from services.gateway.pages.staff import (
    administration,
    anomalies,
    archive,
    billing,
    break_glass,
    demands,
    disputes,
    dpo,
    events,
    holds,
    incidents,
    learner_sessions,
    mail_preview,
    penetration_tests,
    policy_versions,
    processing_record,
    processors,
    proposals,
    rights_cases,
    rules,
    security,
    statistics,
    support,
    teaching,
    trainer,
    trainings,
)
from services.gateway.portal import Portal
from services.gateway.rendering import STATIC
from services.gateway.same_site import from_our_pages
from services.gateway.security import SecurityHeaders
from services.gateway.services import Services
from services.gateway.session_ending import SessionEnder
from services.gateway.sessions import SessionStore
from services.gateway.settings import GatewaySettings
from services.gateway.sign_in_door import SignInDoor
from services.gateway.token_keys import kept_current
from services.gateway.token_keys import router as token_keys_router
from services.gateway.wording import LANGUAGES, wording
from shared import telemetry
from shared.database import Database, MongoClient, PyMongoError
from shared.http.bounded import BoundedRequests
from shared.http.observed import FRAMEWORKS_OWN, ObservedRequests
from shared.http.patient import HEAD_SECONDS, STOPPING
from shared.http.strict_json import StrictJSON
from shared.settings import ConfigurationError, load_settings
from shared.starting import patiently
from shared.tokens import GATEWAY, KeyFile, TokenIssuer

IDLE_CONNECTION_SECONDS = 2.0
"""Well under the 5 seconds after which uvicorn closes idle connections: a request that met a
closing connection would be lost, and told as a service that is away."""
PAGES = (
    home,
    policy,
    registration,
    sign_in,
    sign_in_notice,
    provider,
    credentials,
    live_sessions,
    own_sessions,
    authenticators,
    confirmation,
    consequences,
    contact,
    demonstration,
    training,
    unsubscribing,
    money_and_recordings,
    my_data,
    portability,
    rectification,
    choices,
    access_file,
    notices,
    own_rights,
    minors,
    leaving,
    statistics,
    trainer,
    teaching,
    events,
    billing,
    disputes,
    support,
    rights_cases,
    demands,
    transparency,
    dpo,
    holds,
    incidents,
    penetration_tests,
    processing_record,
    processors,
    policy_versions,
    proposals,
    archive,
    rules,
    security,
    administration,
    trainings,
    anomalies,
    break_glass,
    learner_sessions,
    dead_letters,
    operations,
    mail_preview,
    proxy,
)


def create_gateway() -> FastAPI:
    """Return the ASGI application; a bad configuration ends the process with one line."""
    try:
        return _assemble(load_settings(GatewaySettings))
    except ConfigurationError as error:
        sys.exit(f"carionexiq gateway: {error}")


def _assemble(settings: GatewaySettings) -> FastAPI:
    telemetry.configure_telemetry(
        "gateway", settings.log_level, otlp_endpoint=os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    )
    clock = settings.clock()
    issuer = TokenIssuer(GATEWAY, settings.secrets_dir, clock)
    token_keys = KeyFile(settings.secrets_dir, GATEWAY)
    guard = FormGuard.from_folder(settings.secrets_dir)
    for language in LANGUAGES:
        wording(language)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Mapping[str, Any]]:
        mongodb = MongoClient(settings.mongodb_uri, settings.namespace)
        database = mongodb.database("gateway")
        sessions = SessionStore(database, clock, settings.session_length, settings.session_idle)
        ender = SessionEnder(settings, sessions)
        streams = Streams(
            most=settings.notice_streams, most_per_session=settings.notice_streams_per_session
        )
        telling = Telling(streams, heartbeat=settings.notice_heartbeat_seconds)
        async with httpx.AsyncClient(
            timeout=settings.service_timeout_seconds,
            trust_env=False,
            follow_redirects=False,
            limits=httpx.Limits(keepalive_expiry=IDLE_CONNECTION_SECONDS),
        ) as client:
            services = Services(settings, issuer, client)
            portal = Portal(settings, clock, sessions, guard, services, streams, telling)
            news = NoticeNews(settings, sessions, streams, portal.unread)
            app.state.portal = portal
            app.state.database = database
            app.state.ender = ender
            await patiently(sessions.prepare)
            await ender.start()
            await news.start()
            try:
                async with kept_current(token_keys, settings):
                    yield {
                        HEAD_SECONDS: settings.request_head_seconds,
                        STOPPING: streams.end_all,
                    }
            finally:
                await news.stop()
                await ender.stop()
                mongodb.close()

    app = FastAPI(
        telemetry=FRAMEWORKS_OWN,
        title="carionexiq gateway",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(from_our_pages)],
    )
    app.state.public_url = settings.public_url
    install_failure_pages(app)
    app.state.token_keys = token_keys
    app.include_router(_health(app))
    app.include_router(token_keys_router)
    for page in PAGES:
        app.include_router(page.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(StrictJSON)
    app.add_middleware(
        BoundedRequests,
        most_bytes=settings.request_body_bytes,
        most_seconds=settings.request_body_seconds,
        uploads=settings.upload_paths,
        upload_bytes=settings.encoded_upload_bytes,
    )
    app.add_middleware(SignInDoor, most=settings.sign_ins_at_once)
    app.add_middleware(SecurityHeaders, https=settings.https)
    app.add_middleware(ObservedRequests)
    return app


def _health(app: FastAPI) -> APIRouter:
    router = APIRouter(prefix="/health")

    @router.get("/live")
    async def live() -> dict[str, str]:
        """Answer as long as the process's event loop turns."""
        return {"status": "live"}

    @router.get("/ready")
    async def ready(response: Response) -> dict[str, bool]:
        """Tell whether sessions can be read and their ends are heard of; else 503."""
        ender: SessionEnder = app.state.ender
        health = {
            "database": await _answers(app.state.database),
            "kafka": await ender.group.is_progressing(),
        }
        if not all(health.values()):
            response.status_code = 503
        return health

    return router


async def _answers(database: Database) -> bool:
    try:
        await database.ping()
    except PyMongoError:
        return False
    return True
