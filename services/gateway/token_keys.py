"""The keys that the gateway signs its tokens with: published for services, and kept current."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from shared import telemetry
from shared.clock import Clock
from shared.settings import ConfigurationError, Settings
from shared.tokens import KeyFile

LOOKED_AT_EVERY_SECONDS: Final = 60.0
JWKS: Final = "/.well-known/jwks.json"

log = telemetry.logger(__name__)
router = APIRouter()


@router.get(JWKS)
async def jwks(request: Request) -> Response:
    """Return the public keys by which services check the gateway's tokens (RFC 7517)."""
    keys: KeyFile = request.app.state.token_keys
    content = await asyncio.to_thread(keys.public_path.read_bytes)
    return Response(
        content, media_type="application/jwk-set+json", headers={"Cache-Control": "max-age=30"}
    )


@asynccontextmanager
async def kept_current(keys: KeyFile, settings: Settings) -> AsyncIterator[None]:
    """Publish a next key whenever the present one is old enough, and destroy what is spent.

    Not on a virtual clock: a key might take over before services have had the time to look.
    """
    work = [] if settings.clock_file else [_keep(keys, settings.clock(), settings.token_key_age)]
    keeping = asyncio.gather(*work)
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def _keep(keys: KeyFile, clock: Clock, age: timedelta) -> None:
    while True:
        try:
            following = await asyncio.to_thread(keys.keep_current, clock.now(), age)
        except (OSError, ConfigurationError) as error:
            log.error("token keys not kept current", error=type(error).__name__)  # noqa: TRY400
        else:
            if following is not None:
                log.info("next token key published", kid=following.kid)
        await asyncio.sleep(LOOKED_AT_EVERY_SECONDS)
