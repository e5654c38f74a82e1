"""A start that fails says in one line why, where we know it; a mistake shows where it was made."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from fastapi import FastAPI

from shared.http.plain_start import PlainStart
from shared.restoration import NotServableError
from shared.settings import ConfigurationError


async def fail(error: Exception) -> None:
    raise error


async def said_by_a_start_that_raises(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> list[str]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await fail(error)
        yield

    app = FastAPI(lifespan=lifespan)
    app.add_middleware(PlainStart, name="sample")
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None))
    with caplog.at_level(logging.ERROR, logger="uvicorn.error"), pytest.raises(SystemExit):
        await server.serve()
    assert not server.started
    return [record.getMessage() for record in caplog.records]


@pytest.mark.parametrize("kind", [ConfigurationError, NotServableError])
async def test_a_reason_of_ours_is_one_line(
    kind: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    said = await said_by_a_start_that_raises(kind("CARIONEXIQ_DATA_DIR: taken"), caplog)
    assert said == [
        "carionexiq sample: CARIONEXIQ_DATA_DIR: taken",
        "Application startup failed. Exiting.",
    ]


async def test_a_mistake_shows_where_it_was_made(caplog: pytest.LogCaptureFixture) -> None:
    said = await said_by_a_start_that_raises(KeyError("nowhere"), caplog)
    assert "Traceback" in said[0]
    assert "lifespan" in said[0]
