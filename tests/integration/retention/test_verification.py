"""Verified means: every store was searched for what went, and nothing was found or opened."""

import asyncio
import base64
import json
import os
import signal
from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from services.notify.adapters.sent_mail import SentMail
from shared.engines import free_ports
from shared.erasure import ErasureOrder
from shared.event_store import EventStore, Metadata
from shared.forking import ForkedProcess
from shared.http.auth import Role
from shared.personal import WHOLE, Category, Personal
from shared.searching.canaries import key_of
from shared.searching.places import Chunk
from shared.service import Kernel, Service
from shared.settings import Settings
from shared.topics import SERVICES
from shared.vault import KeyId
from tests.forks import started
from tests.integration.retention.conftest import START, Noted, World
from tests.integration.retention.test_erasure import WHO, live_a_life
from tests.waiting import eventually

EMAIL = "zoé.quenneville@canari.test"
NAME = "Quenneville"
KEY = KeyId(WHO, Category.CIVIL_IDENTITY, WHOLE)


def store_of(world: World, service: str) -> EventStore:
    store: EventStore = world.running[service].state.runtime.kernel.store
    return store


async def live_and_be_noted(world: World) -> None:
    """Live a life of which identity's store holds a name and an address, sealed as always."""
    noted = Noted(learner_id=WHO, name=Personal(NAME), email=Personal(EMAIL))
    store = store_of(world, "identity")
    await store.append(f"noted-{WHO}", 0, [noted], subject=WHO, meta=Metadata.system("test"))
    await live_a_life(world)


async def request(world: World) -> str:
    """Ask for the erasure and return the case."""
    learner = world.headers(WHO, Role.LEARNER)
    answer = await world.client.post("/me/erasure", json={"confirm": True}, headers=learner)
    case_id: str = answer.json()["case_id"]
    return case_id


async def comes_to(world: World, case_id: str, state: str, *, round_: int = 1) -> dict[str, Any]:
    """Wait until the case is in `state` with its last search, and return it."""
    case: dict[str, Any] = {}

    async def there() -> bool:
        case.update(await world.get(f"/cases/{case_id}"))
        return (case["state"], case["verification"]["round"]) == (state, round_)

    await eventually(there)
    return case


async def alarms(world: World) -> set[str]:
    return {one["kind"] for one in (await world.get("/alarms"))["items"]}


def a_mail(folder: Path) -> Path:
    """Put a message to somebody else, which shows the address of the learner, into a Maildir."""
    mail = EmailMessage()
    mail["To"] = "somebody.else@canari.test"
    mail["Message-ID"] = "<unknown@canari.test>"
    mail.set_content(f"Écrivez à {EMAIL}.", cte="base64")
    (folder / "new").mkdir(parents=True)
    path = folder / "new" / "1.message"
    path.write_bytes(mail.as_bytes())
    return path


async def truncated(world: World, partition: TopicPartition, before: int) -> None:
    """Delete the records of `partition` before an offset."""
    admin = AIOKafkaAdminClient(bootstrap_servers=world.settings.kafka_bootstrap_servers)
    await admin.start()
    await admin.delete_records({partition: RecordsToDelete(before)})
    await admin.close()


@pytest.mark.promise("C8.4")
async def test_what_lies_in_plain_anywhere_is_found_named_and_verified_once_it_is_gone(
    world: World, tmp_path: Path
) -> None:
    mailbox = tmp_path / "mailbox"

    def with_mailbox(kernel: Kernel[Settings]) -> Service:
        return Service(routers=[], searched=[SentMail(mailbox, kernel.store)])

    world.parts["notify"] = with_mailbox
    await world.stop("notify")
    await world.start("notify")
    await live_and_be_noted(world)
    models = {
        "identity.people": {"_id": "1", "shown": f"Mme {NAME.upper()}"},
        "learning.drafts": {"_id": "1", "raw": base64.b64encode(f"é{EMAIL}".encode()).decode()},
        "consent.commits": {"_id": "1", "data": json.dumps({"email": EMAIL})},
        "gateway.sessions": {"_id": "1", "name": NAME},
    }
    collections = {
        name: world.mongo.database(name.partition(".")[0]).collection(name.partition(".")[2])
        for name in models
    }
    for name, document in models.items():
        await collections[name].insert_one(document)
    topic = f"{world.settings.namespace}consent.dlq"
    record = await world.producer.send_and_wait(topic, json.dumps({"to": EMAIL}).encode())
    log = world.settings.data_dir / "logs" / "learning.log"
    log.parent.mkdir()
    log.write_text(f'{{"event": "sent to {EMAIL}"}}\n', encoding="utf-8")
    mail = a_mail(mailbox)

    case_id = await request(world)
    case = await comes_to(world, case_id, "disproved")
    places = {f"mongodb:{name}" for name in models}
    places |= {"kafka:consent.dlq", "file:learning.log", "mailbox"}
    assert set(case["verification"]["places"]) == places
    assert NAME not in json.dumps(case, ensure_ascii=False)
    assert case["certificate_id"] is None

    async def alarmed() -> bool:
        return await alarms(world) == {"verification_failed"}

    await eventually(alarmed)

    for name in ("identity.people", "learning.drafts", "consent.commits"):
        await collections[name].delete_one({"_id": "1"})
    await truncated(world, TopicPartition(topic, record.partition), record.offset + 1)
    log.unlink()
    mail.unlink()
    # Not before the wait is over.
    assert (await world.sweep())["cases_advanced"] == 0
    world.clock.move_to(START + timedelta(hours=1))
    await world.sweep()
    case = await comes_to(world, case_id, "disproved", round_=2)
    assert case["verification"]["places"] == ["mongodb:gateway.sessions"]

    await collections["gateway.sessions"].delete_one({"_id": "1"})
    # The wait has doubled.
    world.clock.move_to(START + timedelta(hours=2))
    assert (await world.sweep())["cases_advanced"] == 0
    world.clock.move_to(START + timedelta(hours=3))
    await world.sweep()
    case = await comes_to(world, case_id, "certified", round_=3)
    certificate = await world.get(f"/certificates/{case_id}")
    assert certificate["verification"]["rounds"] == 3
    searches = {one["service"]: one for one in certificate["verification"]["searches"]}
    assert set(searches) == set(SERVICES)
    assert searches["identity"]["canaries"] == 2
    assert searches["identity"]["documents"] > 0
    assert searches["identity"]["attempts"] == 5

    async def over() -> bool:
        return await alarms(world) == set()

    await eventually(over)


@pytest.mark.promise("C8.4")
async def test_nothing_of_the_canaries_is_kept_in_plain_or_afterwards(world: World) -> None:
    await live_and_be_noted(world)
    kept = world.mongo.database("vault").collection("canaries")
    await world.stop("notify")
    case_id = await request(world)

    async def collected() -> bool:
        return await kept.count_documents({"case": case_id}) == len(SERVICES) - 1

    await eventually(collected)
    text = repr([document async for document in kept.find({})])
    assert NAME not in text
    assert base64.b64encode(EMAIL.encode()).decode()[:20] not in text
    await world.start("notify")
    await world.certified(1)
    assert await kept.count_documents({}) == 0
    assert await world.vaults["retention"].is_destroyed(key_of(case_id))
    assert (await world.get("/ledger/verification"))["unlisted_keys"] == 0


class Gate:
    """A place that cannot be read until it is opened."""

    def __init__(self) -> None:
        self.opened = asyncio.Event()

    async def chunks(self) -> AsyncIterator[Chunk]:
        await self.opened.wait()
        yield Chunk("gate", "files")


async def consent_behind(world: World, gate: Gate) -> None:
    """Have consent search `gate` too."""
    world.parts["consent"] = lambda _: Service(routers=[], searched=[gate])
    await world.stop("consent")
    await world.start("consent")


async def waits_for_consent(world: World, case_id: str) -> None:
    async def waits() -> bool:
        case = await world.get(f"/cases/{case_id}")
        return (case["state"], case["verification"]["missing"]) == ("searching", ["consent"])

    await eventually(waits)


@pytest.mark.promise("C8.4")
async def test_a_key_that_came_back_before_everybody_had_searched_is_destroyed_again(
    world: World,
) -> None:
    gate = Gate()
    await consent_behind(world, gate)
    await live_and_be_noted(world)
    keys = world.mongo.database("vault").collection("keys")
    before = await keys.find_one({"_id": KEY.text()})
    assert before is not None
    case_id = await request(world)
    await waits_for_consent(world, case_id)
    await keys.insert_one(before)
    gate.opened.set()
    await comes_to(world, case_id, "disabled")
    world.clock.move_to(START + timedelta(hours=1))
    await world.sweep()
    await comes_to(world, case_id, "certified", round_=2)
    assert await world.vaults["retention"].is_destroyed(KEY)


@pytest.mark.promise("C8.4")
async def test_a_service_that_is_late_to_search_is_asked_again_and_the_officer_is_told(
    world: World,
) -> None:
    gate = Gate()
    await consent_behind(world, gate)
    await live_and_be_noted(world)
    case_id = await request(world)
    await waits_for_consent(world, case_id)
    # It is away when it is asked again, and comes back later.
    await world.stop("consent")
    world.clock.move_to(START + timedelta(hours=1))
    await world.sweep()

    async def alarmed() -> bool:
        return await alarms(world) == {"late_participant"}

    await eventually(alarmed)
    assert (await world.get(f"/cases/{case_id}"))["certificate_id"] is None
    gate.opened.set()
    await world.start("consent")
    await comes_to(world, case_id, "certified")


@pytest.mark.promise("C8.4")
async def test_a_participant_whose_hook_fails_has_not_erased_until_it_succeeds(
    world: World,
) -> None:
    works = False

    def failing(_: Kernel[Settings]) -> Service:
        async def erase(_: ErasureOrder) -> None:
            if not works:
                raise RuntimeError

        return Service(routers=[], erase=erase)

    world.parts["learning"] = failing
    await world.stop("learning")
    await world.start("learning")
    await live_and_be_noted(world)
    case_id = await request(world)
    letters = world.running["learning"].state.runtime.dead_letters

    async def given_up() -> bool:
        count: int = letters.count
        return count == 1

    await eventually(given_up)
    case = await world.get(f"/cases/{case_id}")
    assert (case["state"], case["missing"]) == ("ordered", ["learning"])
    works = True
    world.clock.move_to(START + timedelta(hours=1))
    await world.sweep()
    assert await alarms(world) <= {"late_participant"}
    await comes_to(world, case_id, "certified")


def _process(folder: Path) -> ForkedProcess:
    environment = {
        **os.environ,
        "STUBBORN_FOLDER": str(folder),
        "CARIONEXIQ_SEARCH_SECONDS": "0",
    }
    module = "tests.integration.retention.stubborn:app"
    command = ("uvicorn", module, "--port", str(free_ports(1)[0]), "--log-level", "error")
    return started(*command, environment=environment)


@pytest.mark.promise("C8.4", "C7.5")
async def test_a_participant_killed_while_erasing_never_acknowledges_by_accident(
    world: World, tmp_path: Path
) -> None:
    await live_and_be_noted(world)
    await world.stop("notify")
    process = _process(tmp_path)
    try:
        case_id = await request(world)

        async def began() -> bool:
            return (tmp_path / "began").exists()

        await eventually(began, seconds=90)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait(10) == -signal.SIGKILL
    world.clock.move_to(START + timedelta(hours=1))
    await world.sweep()
    case = await world.get(f"/cases/{case_id}")
    assert (case["state"], case["missing"]) == ("ordered", ["notify"])
    assert not await world.vaults["retention"].is_destroyed(KEY)
    assert await alarms(world) <= {"late_participant"}
