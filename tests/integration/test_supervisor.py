"""The supervisor keeps the engines running, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pymongo import MongoClient

from shared.engines import (
    AlreadyRunningError,
    DiskFullError,
    GaveUpError,
    KafkaEngine,
    Managed,
    MongoEngine,
    NotReadyError,
    PortBusyError,
    Report,
    RunFile,
    StartFailedError,
    Supervisor,
    free_ports,
)
from shared.engines.ports import answers


class Script(Managed):
    """A Python program of a few lines that listens on a port, or fails to."""

    def __init__(self, name: str, code: str, port: int) -> None:
        self.name = name
        self.ports = {port: "SCRIPT_PORT"}
        self._code = code
        self._port = port

    def prepare(self, report: Report) -> None:
        """Nothing."""

    def command(self) -> Sequence[str]:
        return [sys.executable, "-c", self._code, str(self._port)]

    def probe(self) -> None:
        if not answers(self._port):
            raise NotReadyError("does not listen")


LISTENS = (
    "import socket, sys, signal\n"
    "s = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
    "while True: s.accept()[0].close()\n"
)
ENDS = "import sys; print('noise'); sys.exit('ValueError: the setting X is wrong')"


def eventually(holds: Callable[[], bool], *, within: float = 60.0) -> None:
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.05)


def pid_of(supervisor: Supervisor, name: str) -> int:
    return next(process.pid for process in supervisor.processes() if process.name == name)


def ready_again(supervisor: Supervisor, name: str, earlier: int) -> Callable[[], bool]:
    def holds() -> bool:
        pids = [process.pid for process in supervisor.processes() if process.name == name]
        return bool(pids) and pids[0] != earlier and supervisor.all_ready()

    return holds


def test_a_killed_document_store_comes_back_with_every_acknowledged_write(tmp_path: Path) -> None:
    engine = MongoEngine(tmp_path / "mongodb", port=free_ports(1)[0], sync_on_commit=True)
    with Supervisor(tmp_path, [[engine]]) as supervisor:
        client: MongoClient[dict[str, Any]] = MongoClient(engine.uri, journal=True)
        facts = client.get_database("kept").get_collection("facts")
        for number in range(50):
            facts.insert_one({"_id": number})
        client.close()
        killed = pid_of(supervisor, "mongodb")

        os.kill(killed, signal.SIGKILL)
        eventually(ready_again(supervisor, "mongodb", killed))

        client = MongoClient(engine.uri)
        kept = client.get_database("kept").get_collection("facts").count_documents({})
        client.close()
    assert kept == 50


async def test_a_killed_broker_comes_back_with_every_acknowledged_record(tmp_path: Path) -> None:
    port, controller_port = free_ports(2)
    engine = KafkaEngine(tmp_path / "kafka", port=port, controller_port=controller_port)
    with Supervisor(tmp_path, [[engine]]) as supervisor:
        admin = AIOKafkaAdminClient(bootstrap_servers=engine.bootstrap_servers)
        await admin.start()
        await admin.create_topics([NewTopic("facts", num_partitions=1, replication_factor=1)])
        await admin.close()
        async with AIOKafkaProducer(
            bootstrap_servers=engine.bootstrap_servers, acks="all", enable_idempotence=True
        ) as producer:
            for number in range(200):
                await producer.send_and_wait("facts", str(number).encode())
        killed = pid_of(supervisor, "kafka")

        os.kill(killed, signal.SIGKILL)
        eventually(ready_again(supervisor, "kafka", killed))

        consumer = AIOKafkaConsumer(
            "facts", bootstrap_servers=engine.bootstrap_servers, auto_offset_reset="earliest"
        )
        async with consumer:
            kept = [int((await consumer.getone()).value) for _ in range(200)]
    assert kept == list(range(200))


async def test_the_broker_creates_no_topic_on_its_own(tmp_path: Path, engines: Any) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=engines.kafka_bootstrap_servers)
    await admin.start()
    try:
        before = await admin.list_topics()
        described = await admin.describe_topics(["never-declared"])
        assert described[0]["error_code"] == 3  # unknown topic or partition
        assert await admin.list_topics() == before
    finally:
        await admin.close()


def test_a_busy_port_is_named_with_the_setting_that_changes_it(tmp_path: Path) -> None:
    port = free_ports(1)[0]
    with Supervisor(tmp_path / "one", [[Script("first", LISTENS, port)]]):
        second = Supervisor(tmp_path / "two", [[Script("second", LISTENS, port)]])
        with pytest.raises(PortBusyError, match=rf"port {port} is busy.*SCRIPT_PORT"):
            second.start()


def test_a_process_that_ends_while_starting_stops_the_start_with_its_reason(tmp_path: Path) -> None:
    good, bad = free_ports(2)
    supervisor = Supervisor(tmp_path, [[Script("good", LISTENS, good)], [Script("bad", ENDS, bad)]])
    with pytest.raises(StartFailedError, match="bad ended while starting: ValueError: the setting"):
        supervisor.start()
    assert not answers(good)


def test_a_process_that_keeps_dying_is_given_up_and_everything_stops(
    tmp_path: Path,
) -> None:
    flag = tmp_path / "fail"
    fails = f"import os, sys\nif os.path.exists({str(flag)!r}): sys.exit('OSError: gone')\n"
    good, bad = free_ports(2)
    stages = [[Script("good", LISTENS, good), Script("bad", fails + LISTENS, bad)]]
    supervisor = Supervisor(tmp_path, stages, backoff=(0.05, 0.05))
    supervisor.start()
    flag.touch()
    os.kill(pid_of(supervisor, "bad"), signal.SIGKILL)
    with pytest.raises(GaveUpError, match=r"bad .* given up: OSError: gone"):
        supervisor.wait(30)
    assert not answers(good)


def test_a_disk_that_fills_up_stops_everything_in_order(tmp_path: Path) -> None:
    port = free_ports(1)[0]
    stages = [[Script("good", LISTENS, port)]]
    supervisor = Supervisor(tmp_path, stages, floor_megabytes=10**9)
    supervisor.start()
    with pytest.raises(DiskFullError, match="disk full"):
        supervisor.wait(30)
    assert not answers(port)


def test_a_second_supervisor_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    one, two = free_ports(2)
    with Supervisor(tmp_path, [[Script("one", LISTENS, one)]]):
        with pytest.raises(AlreadyRunningError):
            Supervisor(tmp_path, [[Script("two", LISTENS, two)]]).start()
        assert answers(one)


STARTS_AND_WAITS = """
import sys
from pathlib import Path
from shared.engines import MailboxEngine, Supervisor
data, port = Path(sys.argv[1]), int(sys.argv[2])
supervisor = Supervisor(data, [[MailboxEngine(data / "mail", port=port)]])
supervisor.start()
print("ready", flush=True)
supervisor.wait()
"""


def outside_supervisor(folder: Path, port: int) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", STARTS_AND_WAITS, str(folder), str(port)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "ready"
    return process


def test_processes_of_a_killed_supervisor_end_too(tmp_path: Path) -> None:
    port = free_ports(1)[0]
    with outside_supervisor(tmp_path, port) as supervisor:
        running = RunFile(tmp_path).live()
        assert running is not None
        supervisor.kill()
        supervisor.wait()
        eventually(lambda: all(process.alive() is None for process in running.processes))


def test_what_outlived_supervisor_and_keeper_is_ended_by_the_next_start(tmp_path: Path) -> None:
    port, next_port = free_ports(2)
    with outside_supervisor(tmp_path, port) as supervisor:
        keeper = next(
            child
            for child in psutil.Process(supervisor.pid).children()
            if any("keeper.py" in word for word in child.cmdline())
        )
        keeper.kill()
        supervisor.kill()
        supervisor.wait()
    assert answers(port), "without the keeper the process goes on, as this test needs"
    with Supervisor(tmp_path, [[Script("next", LISTENS, next_port)]]):
        assert not answers(port)
