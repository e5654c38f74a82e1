"""The whole system as nodes: each service's own wiring, started, killed and started again."""

import asyncio
import json
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache
from pathlib import Path
from typing import Any, Final

from deploy.cli.secrets import prepare_secrets
from deploy.cli.settings import DEMONSTRATION_PROCESSORS
from services.consent.application.publish import DOMAIN_EVENTS as CONSENT_EVENTS
from services.consent.application.publish import publish as consent_publish
from services.consent.bootstrap import bootstrap as consent_bootstrap
from services.consent.settings import ConsentSettings
from services.identity.application.publish import publish as identity_publish
from services.identity.bootstrap import DOMAIN_EVENTS as IDENTITY_EVENTS
from services.identity.bootstrap import bootstrap as identity_bootstrap
from services.identity.settings import IdentitySettings
from services.learning.application.publish import DOMAIN_EVENTS as LEARNING_EVENTS
from services.learning.application.publish import publish as learning_publish
from services.learning.bootstrap import bootstrap as learning_bootstrap
from services.learning.settings import LearningSettings
from services.notify.application.ports import Outgoing
from services.notify.application.publish import DOMAIN_EVENTS as NOTIFY_EVENTS
from services.notify.application.publish import publish as notify_publish
from services.notify.bootstrap import bootstrap as notify_bootstrap
from services.notify.domain.errors import DeliveryError
from services.notify.settings import NotifySettings
from services.retention.adapters.ledger_writer import AnotherWriterError
from services.retention.application.publish import publish as retention_publish
from services.retention.bootstrap import DOMAIN_EVENTS as RETENTION_EVENTS
from services.retention.bootstrap import bootstrap as retention_bootstrap
from services.retention.settings import RetentionSettings
from shared.consuming.consumer import ConsumerGroup
from shared.http.auth import Role
from shared.service.application import assemble, mount
from shared.service.wiring import wire
from tests.callers import Callers
from tests.simulation.engine.faults import WRITE
from tests.simulation.engine.node import PRESENT, CrashedError, Life, Node
from tests.simulation.engine.store import Server
from tests.simulation.engine.topics import Broker
from tests.simulation.engine.world import World
from tests.simulation.seams import MISTAKES
from tests.simulation.shortcuts import give_routes

SWEEP_SECONDS: Final = 15.0
SEARCH_SECONDS: Final = 3.0
PATIENCE_HOURS: Final = 20 / 3600
DELAY_HOURS: Final = 30 / 3600
LINK_SECRET: Final = "a secret of invented people"
ANSWERS_WITHIN: Final = 400.0
"""Seconds in which every request is answered, whatever delays and repetitions it meets."""
REPLICAS: Final[Mapping[str, int]] = {
    "identity": 2,
    "learning": 2,
    "consent": 1,
    "notify": 1,
    "retention": 2,
}
PARTS: Final[Mapping[str, tuple[Any, Any, Any, Any]]] = {
    "identity": (IdentitySettings, IDENTITY_EVENTS, identity_publish, identity_bootstrap),
    "learning": (LearningSettings, LEARNING_EVENTS, learning_publish, learning_bootstrap),
    "consent": (ConsentSettings, CONSENT_EVENTS, consent_publish, consent_bootstrap),
    "notify": (NotifySettings, NOTIFY_EVENTS, notify_publish, notify_bootstrap),
    "retention": (RetentionSettings, RETENTION_EVENTS, retention_publish, retention_bootstrap),
}
OWN: Final[Mapping[str, dict[str, Any]]] = {
    "identity": {
        "link_secret": LINK_SECRET,
        "argon2_time_cost": 1,
        "argon2_memory_kib": 8,
        "argon2_parallelism": 1,
    },
    "learning": {},
    "consent": {"link_secret": LINK_SECRET},
    "notify": {"link_secret": LINK_SECRET},
    "retention": {
        "sweep_seconds": SWEEP_SECONDS,
        "acknowledgement_hours": PATIENCE_HOURS,
        "destruction_delay_hours": DELAY_HOURS,
        "processors_file": DEMONSTRATION_PROCESSORS,
    },
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered."""

    status: int
    body: Any


class ServiceAwayError(Exception):
    """No process answered, or it died on the way: nobody knows what became of the request."""


class UnansweredError(Exception):
    """A living process never answered."""


class WriterLock:
    """The operating system's lock of the ledger: whoever dies has let go of it."""

    def __init__(self) -> None:
        self._holder: Life | None = None

    @property
    def holder(self) -> Life | None:
        """The process that writes the ledger, if any does."""
        return self._holder if self._holder is not None and self._holder.alive else None

    def claim(self) -> None:
        """Let the present process write.

        Raises:
            AnotherWriterError: another one does.
        """
        if self.holder not in (None, PRESENT.get()):
            raise AnotherWriterError
        self._holder = PRESENT.get()

    def release(self) -> None:
        """Let another process write, if the present one does."""
        if self._holder is PRESENT.get():
            self._holder = None


class Mailbox:
    """The e-mail provider: keeps what it is given."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.messages: list[EmailMessage] = []

    @property
    def send(self) -> Any:
        """What stands where `SmtpMailer.send` does."""

        async def send(_: Any, mail: Outgoing) -> None:
            message = message_from_bytes(mail.content, policy=default)
            effect = self.messages.append
            await self._world.call("smtp", WRITE, lambda: effect(message), _provider_away)

        return send


class System:
    """The five services on simulated engines."""

    def __init__(self, world: World, server: Server, broker: Broker, data_dir: Path) -> None:
        self.world = world
        self.server = server
        self.broker = broker
        self.data_dir = data_dir
        (data_dir / "secrets").symlink_to(secrets_dir())
        self.writer = WriterLock()
        self.callers = Callers(data_dir / "secrets", world)
        world.boot = self.boot
        world.torn = self._tear
        world.file_size = self._ledger_size
        for service, count in REPLICAS.items():
            world.nodes += [Node(world, service, number) for number in range(1, count + 1)]

    def boot(self, node: Node) -> None:
        """Start the process of `node`."""
        life = node.life = Life(node)
        node.mounted = False
        life.spawn(self._live(node))

    async def _live(self, node: Node) -> None:
        settings_class, events, publish, bootstrap = PARTS[node.service]
        settings = settings_class(
            data_dir=self.data_dir, search_seconds=SEARCH_SECONDS, **OWN[node.service]
        )
        try:
            app = assemble(node.service, settings, events, publish, bootstrap)
            runtime = wire(app.state.assembly)
            await runtime.start()
        except Exception as error:  # noqa: BLE001 - a process that cannot start is started again
            if isinstance(error, MISTAKES):
                self.world.fail(error)
            node.failed_to_start = repr(error)
            self.world.faults.note(f"{node.name} did not start: {type(error).__name__}")
            self.world.crash(node)
            return
        node.app, node.runtime = app, runtime

    async def ask(
        self,
        service: str,
        method: str,
        path: str,
        *,
        subject: str | None = None,
        role: Role = Role.LEARNER,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request to some process of `service` and return the answer.

        Raises:
            ServiceAwayError: no answer came.
        """
        node = self.world.node_of(service)
        if node is None or node.life is None:
            raise ServiceAwayError(service)
        if not node.mounted:
            mount(node.app, node.runtime)
            node.mounted = True
        for router in node.runtime.service.routers:
            give_routes(router, path)
        sent = {"content-type": "application/json", **(headers or {})}
        if subject is not None:
            sent["authorization"] = f"Bearer {self.callers.token(service, subject, role)}"
        content = b"" if body is None else json.dumps(body).encode()
        task = node.life.spawn(_asgi(node.app, method, path, sent, content))
        await asyncio.wait([task], timeout=ANSWERS_WITHIN)
        if not task.done():
            raise UnansweredError(f"{method} {path} of {node.name} is never answered")
        if task.cancelled():
            raise ServiceAwayError(service)
        answer: Answer = task.result()
        return answer

    async def run_schedule(self, service: str, name: str) -> None:
        """Run a schedule of some process of `service`, as far as that goes."""
        node = self.world.node_of(service)
        if node is not None and node.life is not None:
            task = node.life.spawn(_quiet(node.runtime.scheduler.run_now(name)))
            await asyncio.wait([task], timeout=ANSWERS_WITHIN)
            if not task.done():
                raise UnansweredError(f"{name} of {node.name} never ends")

    def unsettled(self) -> str | None:
        """Tell what is under way, if anything is."""
        for node in self.world.nodes:
            if not node.ready and not self._stands_by(node):
                return f"{node.name} is away ({node.failed_to_start})"
        for service in REPLICAS:
            database = f"carionexiq_{service}"
            if self.server.stored(database, "commits").find({"outbox": True}):
                return f"the outbox of {service}"
            for node in self.world.nodes:
                at_work = node.ready and any(map(_at_work, node.runtime.groups))
                if node.service == service and at_work:
                    return f"a consumer of {node.name}"
        for group in self.broker.groups.values():
            if (behind := group.behind()) is not None:
                return f"{group.name} on {behind.topic}/{behind.partition}"
        return None

    def _stands_by(self, node: Node) -> bool:
        """Whether `node` is up as far as it may be while another process writes the ledger."""
        writing = self.writer.holder
        return node.service == "retention" and writing is not None and writing.node.ready

    def ledger_file(self) -> Path:
        """Return where the erasure ledger is."""
        return self.data_dir / "ledger" / "erasures.jsonl"

    def _ledger_size(self) -> int:
        file = self.ledger_file()
        return file.stat().st_size if file.exists() else 0

    def _tear(self, before: int) -> None:
        """Cut short what was written to the ledger, as a crash during the write does."""
        if (size := self._ledger_size()) > before:
            with self.ledger_file().open("r+b") as opened:
                opened.truncate(self.world.faults.rng.randrange(before, size))


@cache
def secrets_dir() -> Path:
    """Return key material made once for all runs of this process."""
    folder = Path(tempfile.mkdtemp(prefix="simulation-secrets-"))
    prepare_secrets(folder)
    return folder


def _at_work(group: ConsumerGroup) -> bool:
    return group.in_flight or bool(group._lanes.unfinished())


async def _quiet(work: Any) -> None:
    with suppress(Exception):
        await work


def _provider_away() -> Exception:
    return DeliveryError("provider-away", permanent=False)


async def _asgi(
    app: Any, method: str, path: str, headers: Mapping[str, str], content: bytes
) -> Answer:
    """Send one request through the application's own door."""
    where, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": where,
        "raw_path": where.encode(),
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), text.encode()) for name, text in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("simulation", 80),
        "state": {},
    }
    status, parts = 500, []
    given = [{"type": "http.request", "body": content, "more_body": False}]

    async def receive() -> Any:
        if given:
            return given.pop()
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Any) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    try:
        await app(scope, receive, send)
    except CrashedError:
        raise
    except Exception as error:  # noqa: BLE001 - the server's own answer to what nobody caught
        if isinstance(error, MISTAKES) and (life := PRESENT.get()) is not None:
            life.node.world.fail(error)
        return Answer(500, None)
    text = b"".join(parts)
    return Answer(status, json.loads(text) if text[:1] in (b"{", b"[") else None)
