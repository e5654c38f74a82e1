"""A producer that cannot go on ends its process in order; the next one publishes what waits."""

from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest

from deploy.cli.system import service_process
from shared.clock import SystemClock
from shared.engines import ServiceProcess, Supervisor
from shared.http.auth import Role
from shared.ids import new_id
from tests.callers import Callers
from tests.engines import Engines
from tests.forks import forks
from tests.integration.kernel.conftest import read_topic
from tests.integration.reliability.doomed import VARIABLE
from tests.waiting import eventually


class Doomed(ServiceProcess):
    """The consent service of `doomed.py`."""

    def forked(self) -> Sequence[str]:
        """Return uvicorn's module and its arguments."""
        return [*super().forked(), "--factory"]

    def application(self) -> str:
        """Return what makes the application."""
        return "tests.integration.reliability.doomed:application"


@pytest.mark.timeout(180)
@pytest.mark.parametrize("error", ["OutOfOrderSequenceNumber", "ProducerFenced"])
async def test_it_ends_in_order_comes_back_and_publishes(
    engines: Engines, namespace: str, tmp_path: Path, error: str
) -> None:
    settings = engines.system_settings(namespace)
    doom = tmp_path / "doom"
    environment = {**service_process(settings, "consent").environment(), VARIABLE: str(doom)}
    service = Doomed("consent", port=settings.consent_port, environment=environment)
    callers = Callers(settings.secrets_dir, SystemClock())
    with Supervisor(tmp_path / "run", [[service]], fork_server=forks()) as supervisor:
        doom.write_text(error)
        async with httpx.AsyncClient(timeout=20, trust_env=False) as client:
            answer = await client.post(
                f"{service.url}/me/consents/newsletter",
                json={"decision": "granted", "language": "en"},
                headers=callers.headers("consent", new_id(), Role.LEARNER),
            )
        assert answer.status_code == 200
        (record,) = await read_topic(engines.settings(namespace), "consent.events", 1)
        assert dict(record.headers)["ce_sequence"] == b"1"

        async def back() -> bool:
            (process,) = supervisor.processes()
            return process.restarts == 1

        await eventually(back)
    log = (tmp_path / "run" / "logs" / "consent.log").read_text()
    ended, again = log.index("a vital part failed; the process ends"), log.rindex('"started"')
    assert ended < log.index('"stopped"') < again
