"""The ASGI application of a service."""

import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI

from shared import telemetry
from shared.access_files.routes import PROBLEMS as ACCESS_PROBLEMS
from shared.access_files.routes import access_parts_router
from shared.events.base import DomainEvent
from shared.http.authorised import LimitedRequests, authorised, require_rights
from shared.http.bounded import BoundedRequests
from shared.http.dead_letters import PROBLEMS as DEAD_LETTER_PROBLEMS
from shared.http.dead_letters import dead_letters_router
from shared.http.idempotency import KeyedRequests
from shared.http.observed import FRAMEWORKS_OWN, ObservedRequests
from shared.http.ops import ops_router
from shared.http.patient import HEAD_SECONDS
from shared.http.plain_start import PlainStart
from shared.http.problems import install_problem_handlers
from shared.http.projections import projections_router
from shared.http.strict_json import StrictJSON
from shared.relay.sender import Publish
from shared.restoration import NotServableError
from shared.rights import Rights, load_rights
from shared.service.parts import Assembly, Kernel, Service, SettingsT
from shared.service.runtime import Runtime
from shared.service.wiring import wire
from shared.settings import ConfigurationError, load_settings
from shared.tokens import EndedSessions, PublicKeys, TokenVerifier
from shared.vault.providers import key_material

log = telemetry.logger(__name__)


def create_app(
    name: str,
    *,
    settings: type[SettingsT],
    domain_events: Sequence[type[DomainEvent]],
    publish: Publish,
    bootstrap: Callable[[Kernel[SettingsT]], Service],
    rights: Rights | None = None,
) -> FastAPI:
    """Return the ASGI application of service `name`; a bad configuration ends the process.

    Args:
        name: the service's name, which names its database, topics and keyring.
        settings: the service's settings class.
        domain_events: every event the service stores.
        publish: the public events that a stored event leads to, if any.
        bootstrap: wires the service's own parts with the kernel.
        rights: who may do what; the product's table where not given.
    """
    try:
        return assemble(name, load_settings(settings), domain_events, publish, bootstrap, rights)
    except ConfigurationError as error:
        sys.exit(f"carionexiq {name}: {error}")


def assemble(
    name: str,
    settings: SettingsT,
    domain_events: Sequence[type[DomainEvent]],
    publish: Publish,
    bootstrap: Callable[[Kernel[SettingsT]], Service],
    rights: Rights | None = None,
) -> FastAPI:
    """Return the application of a service whose settings are known.

    Raises:
        ConfigurationError: keys or clock are not where the settings say.
    """
    telemetry.configure_telemetry(
        name, settings.log_level, otlp_endpoint=os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT")
    )
    clock = settings.clock()
    ended = EndedSessions(clock)
    verifier = TokenVerifier(name, PublicKeys.of(settings), clock, ended)
    material = key_material(settings, name)

    assembly = Assembly(
        name,
        settings,
        material,
        clock,
        tuple(domain_events),
        publish,
        bootstrap,
        load_rights() if rights is None else rights,
        ended,
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[Mapping[str, float]]:
        runtime = wire(assembly)
        try:
            mount(app, runtime)
            await runtime.start()
            log.info("started")
            yield {HEAD_SECONDS: settings.request_head_seconds}
        except NotServableError as error:
            # Said by us, about files and counts: the one text that a log has to carry.
            log.error("nothing may be served", reason=str(error))  # noqa: TRY400
            raise
        finally:
            await runtime.stop()
            log.info("stopped")

    app = FastAPI(
        telemetry=FRAMEWORKS_OWN,
        title=f"carionexiq {name}",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(authorised)],
    )
    app.state.token_verifier = verifier
    app.state.clock, app.state.recently = clock, settings.recently
    app.state.assembly = assembly
    app.state.service, app.state.rights = name, assembly.rights
    app.add_middleware(LimitedRequests)
    app.add_middleware(StrictJSON)
    app.add_middleware(
        BoundedRequests,
        most_bytes=settings.request_body_bytes,
        most_seconds=settings.request_body_seconds,
        uploads=settings.upload_paths,
        upload_bytes=settings.encoded_upload_bytes,
    )
    app.add_middleware(ObservedRequests)
    app.add_middleware(PlainStart, name=name)
    return app


async def describe_app(app: FastAPI) -> Runtime:
    """Wire `app` and mount its routes without connecting to anything, as documents need it."""
    runtime = wire(app.state.assembly)
    mount(app, runtime)
    return runtime


def mount(app: FastAPI, runtime: Runtime) -> None:
    """Give `app` the routes of the service, and those that every service has.

    Raises:
        RightsError: the table of rights says nothing of one of them.
    """
    everybodys = {**DEAD_LETTER_PROBLEMS, **ACCESS_PROBLEMS}
    install_problem_handlers(app, {**everybodys, **runtime.service.problems})
    app.state.runtime = runtime
    app.state.keyed_requests = KeyedRequests(runtime.kernel.store)
    for router in runtime.service.routers:
        app.include_router(router)
    app.include_router(ops_router(runtime))
    app.include_router(projections_router(runtime.maintenance))
    app.include_router(dead_letters_router(runtime.dead_letter_queue))
    if runtime.access_parts is not None:
        app.include_router(access_parts_router(runtime.access_parts))
    require_rights(app, app.state.service, app.state.rights)
    # Starlette froze its error handlers when the lifespan began; the next request rebuilds.
    app.middleware_stack = None
