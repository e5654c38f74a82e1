"""`carionexiq dlq` as an operator types it, against a running system."""

import uuid

import httpx
import pytest
from aiokafka import AIOKafkaProducer

from deploy.cli.failures import ExitCode
from shared.clock import SystemClock
from shared.http.auth import Role
from tests.callers import Callers
from tests.engines import System
from tests.integration.test_cli import environment, refused, run
from tests.waiting import eventually

SERVICE = "notify"


async def _send(system: System, value: str) -> None:
    async with AIOKafkaProducer(bootstrap_servers=system.settings.kafka) as producer:
        topic = f"{system.settings.namespace}learning.events"
        await producer.send_and_wait(topic, value.encode(), key=b"nobody")


async def _waiting(system: System) -> list[str]:
    """Return the ids of all letters that wait."""
    callers = Callers(system.settings.secrets_dir, SystemClock())
    url = f"{system.service_url(SERVICE)}/ops/dead-letters?waiting=true"
    async with httpx.AsyncClient(timeout=20, trust_env=False) as client:
        answer = await client.get(url, headers=callers.headers(SERVICE, "test", Role.SYSTEM))
    return [one["id"] for one in answer.json()["items"]]


async def _the_only_one(system: System) -> str:
    """Wait for a letter and return its id."""

    async def there() -> bool:
        return len(await _waiting(system)) == 1

    await eventually(there)
    return (await _waiting(system))[0]


@pytest.mark.timeout(180)
async def test_letters_are_listed_shown_replayed_and_discarded(system: System) -> None:
    env = environment(system.settings)

    def dlq(*arguments: str) -> str:
        done = run("dlq", *arguments, env=env)
        assert done.returncode == ExitCode.DONE, done.stderr
        return done.stdout

    for left_by_another_test in await _waiting(system):
        dlq("discard", SERVICE, left_by_another_test, "--reason", "another test's")
    assert dlq("list", SERVICE) == f"no dead letters of {SERVICE}\n"
    content = f"pas un evenement {uuid.uuid4().hex}"
    await _send(system, content)
    letter = await _the_only_one(system)

    listed = dlq("list", SERVICE)
    assert letter in listed
    assert "malformed" in listed
    assert content not in listed
    shown = dlq("show", SERVICE, letter, "--reason", "a look")
    assert content in shown
    assert "shown: a look" in dlq("show", SERVICE, letter, "--reason", "another")

    # Nobody can read it the second time either.
    assert dlq("replay", SERVICE, letter) == "1 of 1 done\n"
    again = await _the_only_one(system)
    assert again != letter
    assert letter not in dlq("list", SERVICE)
    settled = run("dlq", "replay", SERVICE, letter, env=env)
    assert settled.returncode == ExitCode.FAILED
    assert letter in settled.stderr
    assert f"1 dead letters of {SERVICE} are as they were" in settled.stderr

    assert dlq("discard", SERVICE, again, "--reason", "no event") == "1 of 1 done\n"
    assert dlq("list", SERVICE) == f"no dead letters of {SERVICE}\n"
    everything = dlq("list", SERVICE, "--all")
    for one, state in ((letter, "replayed"), (again, "discarded")):
        (row,) = [line for line in everything.splitlines() if one in line]
        assert state in row


def test_what_cannot_be_done_is_said_in_one_line(system: System) -> None:
    env = environment(system.settings)
    unknown = run("dlq", "show", SERVICE, "nothing", "--reason", "a look", env=env)
    assert SERVICE in refused(unknown, ExitCode.FAILED)
    reasonless = run("dlq", "discard", SERVICE, "nothing", env=env)
    assert reasonless.returncode == ExitCode.USAGE
    assert "--reason" in reasonless.stderr
