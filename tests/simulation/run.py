"""One run: a seed, lives over years, faults all the way, invariants after every step."""

import asyncio
import tempfile
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from deploy.demo.drive.timeline import Instant, timeline
from deploy.demo.drive.witness import open_everything
from deploy.demo.lives import actions as a
from deploy.demo.lives.generate import Cast, generate
from shared.consuming.envelope import Envelope, decode
from shared.database import MongoClient
from shared.events import identity
from shared.events.retention import ErasureOrdered
from shared.vault import Vault
from tests.simulation.checks import Checker, ViolatedError
from tests.simulation.engine.loop import StandstillError
from tests.simulation.engine.store import Server
from tests.simulation.engine.topics import Broker, LoggedRecord
from tests.simulation.engine.world import World
from tests.simulation.people import People, RefusedError
from tests.simulation.seams import simulated
from tests.simulation.system import SWEEP_SECONDS, Mailbox, System, UnansweredError

LEARNERS: Final = 13
"""One of each kind that the demonstration knows."""
YEARS: Final = 12
"""Long enough for an accounting document to reach its term."""
RATE: Final = 0.1
"""Share of all calls on engines that a fault strikes."""
NOTICE: Final = timedelta(days=30)
SWEEP: Final = timedelta(seconds=SWEEP_SECONDS)
FAULTS_TAKE: Final = 400.0
"""Seconds that delays, restarts and repeated attempts may add to what is asked for."""
CONTESTED: Final = 0.15
"""How many orders of erasure meet a hold that is placed at that moment."""
ORDERED: Final = b"com.carionexiq.ErasureOrdered.v1"
AFTER_SETTLING: Final = (a.Confirm, a.GuardianAgrees, a.Enrol, a.RequestErasure)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be run."""

    seed: int
    learners: int = LEARNERS
    years: int = YEARS
    rate: float = RATE
    most: int | None = None
    """Faults after which everything calms down and ends."""


@dataclass(slots=True)
class Outcome:
    """How a run went."""

    plan: Plan
    faults: int = 0
    calls: int = 0
    """Calls on engines, which faults can strike."""
    steps: int = 0
    years: float = 0.0
    deaths: int = 0
    judged: int = 0
    certified: int = 0
    violation: str | None = None
    digest: str = ""
    counts: dict[str, int] = field(default_factory=dict)


def run(plan: Plan, *, prepare: Callable[["Simulation"], Any] = lambda _: None) -> Outcome:
    """Run `plan` from its seed; `prepare` may plant what a test wants to see found."""
    with tempfile.TemporaryDirectory(dir=_in_memory(), prefix="simulation-") as folder:
        simulation = Simulation(plan, Path(folder))
        outcome = Outcome(plan)
        with simulation.engines():
            loop = simulation.world.loop
            try:
                prepare(simulation)
                world = simulation.world
                world.main = loop.create_task(simulation.live())
                loop.run_until_complete(world.main)
            except* asyncio.CancelledError:
                outcome.violation = _mistake(simulation.world.broken)
            except* (ViolatedError, RefusedError, StandstillError, UnansweredError) as group:
                outcome.violation = _told(group)
            finally:
                simulation.close()
        simulation.report(outcome)
        return outcome


class Simulation:
    """The world, the system, the people and who checks them."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan = plan
        self.cast: Cast = generate(plan.learners, plan.years, plan.seed)
        self.begin = self.cast.instants[0] - timedelta(days=1)
        self.world = World(plan.seed, self.begin, rate=plan.rate, most=plan.most)
        self.server, self.broker = Server(self.world), Broker(self.world)
        self.mailbox = Mailbox(self.world)
        self.system = System(self.world, self.server, self.broker, folder)
        self.people = People(self.system, self.mailbox, self.cast.lives, self.world)
        self.checker = Checker(self.world, self.system.ledger_file())
        self.steps = 0
        self._heard: list[LoggedRecord] = []
        self._vault: Vault | None = None
        self._outside = copy_context()
        self._contests: list[asyncio.Task[None]] = []

    def engines(self) -> AbstractContextManager[None]:
        """Have the product run in this world within the context."""
        writer = self.system.writer
        return simulated(self.world, self.server, self.broker, self.mailbox, writer)

    async def live(self) -> None:
        """Let everybody live to the end.

        Raises:
            ViolatedError: an invariant does not hold.
        """
        self._watch()
        for node in self.world.nodes:
            self.system.boot(node)
        await self.settle()
        await self.people.prepare()
        self.world.faults.active = True
        for instant in self._instants():
            await self._quiet_until(instant.at)
            if self._is_over():
                break
            await self._act(instant)
        await self._quiet_until(self.cast.end)
        await self._calm_down()

    async def settle(self) -> None:
        """Wait until nothing is under way.

        Raises:
            ViolatedError: something does not come to its end, or was violated meanwhile.
        """
        deadline = self.world.loop.time() + FAULTS_TAKE
        while (what := self.system.unsettled()) is not None:
            self.checker.raise_violation()
            if self.world.loop.time() > deadline:
                raise ViolatedError(f"standstill: {what} does not get on")
            await asyncio.sleep(0.25)

    def close(self) -> None:
        """Let every process end."""
        self.world.boot = lambda _: None
        for node in self.world.nodes:
            if node.life is not None:
                node.life.end()
        loop = self.world.loop
        pending = asyncio.all_tasks(loop)
        for task in pending:
            task.cancel()
        if pending:
            loop.run_until_complete(asyncio.wait(pending))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    def report(self, outcome: Outcome) -> None:
        """Write down how it went."""
        outcome.faults = self.world.faults.total
        outcome.calls = self.world.faults.calls
        outcome.steps = self.steps
        outcome.years = (self.world.now() - self.begin) / timedelta(days=365.25)
        outcome.deaths = sum(node.deaths for node in self.world.nodes)
        outcome.judged = self.checker.judged
        outcome.certified = self.checker.certified
        outcome.digest = self.world.faults.digest
        outcome.counts = {str(kind): n for kind, n in sorted(self.world.faults.counts.items())}

    def _watch(self) -> None:
        self.server.watchers.append(self.checker.written)
        self.broker.watchers += [self.checker.appended, self._heard.append, self._contest]
        self.people.acted = self.checker.learn
        self.checker.follow(self.people.persons.values())
        where: Any = SimpleNamespace(secrets_dir=self.system.data_dir / "secrets")
        self._vault = open_everything(where, MongoClient("simulated", ""), self.world)

    def _instants(self) -> list[Instant]:
        every = timeline(self.cast.lives, self.begin, self.cast.end)
        return [instant for instant in every if instant.phases]

    def _is_over(self) -> bool:
        most = self.plan.most
        return most is not None and self.world.faults.total >= most

    async def _act(self, instant: Instant) -> None:
        """Let those act who come at `instant`."""
        for number, phase in enumerate(instant.phases):
            everything = [action for _, actions in phase.actions for action in actions]
            if number and any(isinstance(action, AFTER_SETTLING) for action in everything):
                await self.settle()
            async with asyncio.TaskGroup() as group:
                for key, actions in _by_person(phase.actions).items():
                    group.create_task(self._live(key, actions))
            await self.settle()
            await self._recognise()
        if instant.reminders:
            await self.system.run_schedule("learning", "reminders")
        if instant.newsletter:
            await self.system.run_schedule("notify", "newsletter")
        if instant.reminders or instant.newsletter:
            await self.system.run_schedule("notify", "retries")
        await self._step()

    async def _live(self, key: str, actions: list[a.Action]) -> None:
        for action in actions:
            await self.people.act(key, action)

    async def _quiet_until(self, at: datetime) -> None:
        """Let the time pass until `at`, from one moment at which something is due to the next."""
        while not self._is_over():
            moments = self.checker.moments()
            moments += [moment - NOTICE for moment in moments]
            now = self.world.now()
            following = min((moment for moment in moments if now < moment < at), default=None)
            if not any(due <= now for _, due in self.checker.dues()):
                if following is None:
                    break
                self.world.leap_to(following + timedelta(seconds=1))
            # What has just fallen due is swept before the time leaps on.
            await asyncio.sleep(SWEEP_SECONDS)
            await self._step()
        self.world.leap_to(at)

    async def _step(self) -> None:
        """Wait until everything that is asked for has happened, and judge it."""
        self.steps += 1
        deadline = self.world.loop.time() + FAULTS_TAKE
        while True:
            contests, self._contests = self._contests, []
            await asyncio.gather(*contests)
            await self.settle()
            await self._recognise()
            self.checker.judge()
            late = self.checker.late(SWEEP)
            stuck = [
                case
                for case, since in self.checker.open_cases.items()
                if self.world.loop.time() - since > FAULTS_TAKE
            ]
            if stuck:
                raise ViolatedError(f"endless: {stuck[0]}")
            if not late:
                return
            if self.world.loop.time() > deadline:
                raise ViolatedError(f"outlived: {late[0]}")
            await asyncio.sleep(SWEEP_SECONDS / 3)

    async def _calm_down(self) -> None:
        """Without any more faults, everything comes to its end."""
        self.world.faults.active = False
        await asyncio.sleep(4 * SWEEP_SECONDS)
        await self._step()
        deadline = self.world.loop.time() + FAULTS_TAKE
        while self.checker.open_cases:
            if self.world.loop.time() > deadline:
                raise ViolatedError(f"endless: {next(iter(self.checker.open_cases))}")
            await asyncio.sleep(SWEEP_SECONDS)

    async def _recognise(self) -> None:
        """Learn which subject stands for whom while the address can still be read."""
        heard, self._heard[:] = list(self._heard), []
        by_email: dict[str, list[Any]] = {}
        for person in self.people.persons.values():
            by_email.setdefault(person.email.lower(), []).append(person)
        for record in heard:
            envelope = decode(record) if dict(record.headers).get("ce_type") else None
            match envelope:
                case Envelope(data=identity.LearnerRegistered() as event):
                    for person in by_email.get(await self._text(event.email), []):
                        person.subject = event.learner_id
                case Envelope(data=identity.ProspectContacted() as event):
                    for person in by_email.get(await self._text(event.email), []):
                        person.prospect_subject = event.prospect_id
                case _:
                    continue
            self.checker.learn(None)

    def _contest(self, record: LoggedRecord) -> None:
        """Now and then somebody contests an erasure while it is under way."""
        if not self.world.faults.active or dict(record.headers).get("ce_type") != ORDERED:
            return
        if self.world.rng.random() < CONTESTED:
            envelope = decode(record)
            if envelope is not None and isinstance(envelope.data, ErasureOrdered):
                task = self.world.loop.create_task(
                    self.people.contest(envelope.data), context=self._outside
                )
                self._contests.append(task)

    async def _text(self, email: Any) -> str:
        if self._vault is None:
            return ""
        return (await self._vault.open(email)).text("").lower()


def _told(group: BaseExceptionGroup[Any]) -> str:
    """Return what the first of them says; `refused` and `deadlock` are violations as well."""
    first: BaseException = group
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    match first:
        case RefusedError():
            return f"refused: {first}"
        case UnansweredError():
            return f"deadlock: {first}"
        case StandstillError():
            return "deadlock: nothing happens any more"
        case _:
            return str(first)


def _mistake(error: BaseException | None) -> str:
    """Return what was raised that no fault explains, and where."""
    if error is None:
        raise asyncio.CancelledError
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"broken: {type(error).__name__}: {error} ({where.filename}:{where.lineno})"


def _by_person(
    acts: tuple[tuple[str, tuple[a.Action, ...]], ...],
) -> dict[str, list[a.Action]]:
    found: dict[str, list[a.Action]] = {}
    for key, actions in acts:
        found.setdefault(key, []).extend(actions)
    return found


def _in_memory() -> str | None:
    """Return a folder that costs no disk, where there is one: an fsync is then for free."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
