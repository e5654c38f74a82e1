"""Log lines: one JSON object each, in UTC, one for every request that was refused (ASVS V16)."""

import json
import logging
import subprocess
import sys
from datetime import datetime, timedelta

import httpx
import pytest
import structlog
from fastapi import FastAPI
from structlog.testing import LogCapture

from shared.http import observed
from shared.http.observed import ObservedRequests
from shared.http.problems import FORBIDDEN, ProblemError, problem_response

SAYS = """
from shared import telemetry
telemetry.configure_logging("here", "INFO")
telemetry.logger("x").warning("told", reason='a\\n{"event": "forged"}')
"""


def test_a_log_line_is_one_json_object_with_its_instant_in_utc() -> None:
    ran = subprocess.run([sys.executable, "-c", SAYS], capture_output=True, text=True, check=True)
    (line,) = ran.stdout.splitlines()
    told = json.loads(line)
    assert (told["event"], told["level"], told["service"]) == ("told", "warning", "here")
    assert told["reason"] == 'a\n{"event": "forged"}'
    assert datetime.fromisoformat(told["timestamp"]).utcoffset() == timedelta(0)


async def test_a_refused_request_leaves_a_line_with_route_and_status(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Which level is logged an application may have said that was tested before this.
    heard = LogCapture()
    everything = structlog.make_filtering_bound_logger(logging.INFO)
    logger = structlog.wrap_logger(None, processors=[heard], wrapper_class=everything)
    monkeypatch.setattr(observed, "log", logger)
    app = FastAPI()

    @app.get("/learners/{learner_id}")
    async def read(learner_id: str) -> None:
        del learner_id
        raise ProblemError(FORBIDDEN)

    app.add_exception_handler(ProblemError, lambda request, _: problem_response(request, FORBIDDEN))
    app.add_middleware(ObservedRequests)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://t.test") as client:
        await client.get("/learners/somebody?token=secret")
    (line,) = [one for one in heard.entries if one["event"] == "request"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/learners/{learner_id}", 403)
    assert "somebody" not in str(line)
    assert "secret" not in str(line)
