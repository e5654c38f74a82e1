"""From a command accepted by one service to its effect in the read model of another."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

import aiohttp

from bench.rows import Row, at_most, p50, p99
from bench.stage import Stage
from deploy.cli.settings import SystemSettings
from deploy.cli.system import build_system
from services.retention.projections.lives import Lives
from shared.clock import SystemClock
from shared.database import Collection, MongoClient
from shared.events.base import SubjectId
from shared.http.auth import Role, Session
from shared.ids import new_id
from shared.tokens import GATEWAY, TokenIssuer

PER_SECOND: Final = 200
DECISIONS: Final = ("withdrawn", "granted")
PATIENCE_SECONDS: Final = 60
POLL_SECONDS: Final = 0.01
"""How exactly is measured: looking more often would take from what is measured."""
CONSENT: Final = "consent/newsletter"


async def measure(stage: Stage) -> list[Row]:
    """Measure decisions about consents: consent takes them, retention's lives show them."""
    per_second, seconds = stage.size(PER_SECOND, 10), stage.size(10, 1)
    learners = stage.facts().learners(2 * per_second)
    with _services(stage) as settings:
        client = MongoClient(settings.mongodb, settings.namespace)
        lives = client.database("retention").collection(Lives.name)
        async with aiohttp.ClientSession(settings.service_url("consent")) as http:
            clock = SystemClock()
            issuer = TokenIssuer(GATEWAY, settings.secrets_dir, clock)
            session = Session(new_id(), clock.now())
            tokens = {
                learner: {
                    "Authorization": "Bearer "
                    + issuer.issue("consent", learner, Role.LEARNER, session)
                }
                for learner in learners
            }
            flow = Flow(http, tokens, lives)
            for learner in learners:
                await flow.decide(learner)
            await flow.see_all()
            flow.forget_figures()
            commands = [learners[n % len(learners)] for n in range(per_second * seconds)]
            await flow.run(commands, per_second)
        client.close()
    at = f"{per_second} commands/s"
    return [
        Row(f"command -> accepted, p50 at {at}", p50(flow.accepted), "ms"),
        Row(f"command -> accepted, p99 at {at}", p99(flow.accepted), "ms"),
        Row(f"accepted -> read model, p50 at {at}", p50(flow.shown), "ms"),
        Row(f"accepted -> read model, p99 at {at}", p99(flow.shown), "ms", goal=at_most(100)),
    ]


class Flow:
    """Decisions on their way into the read model."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        tokens: dict[SubjectId, dict[str, str]],
        lives: Collection,
    ) -> None:
        self.accepted: list[float] = []
        self.shown: list[float] = []
        self._http = http
        self._tokens = tokens
        self._lives = lives
        self._made: dict[SubjectId, int] = {}
        self._awaited: dict[tuple[SubjectId, int], float] = {}

    async def run(self, learners: Sequence[SubjectId], per_second: int) -> None:
        """Decide for each of `learners` in turn, whether or not earlier ones are done."""
        began = perf_counter()
        async with asyncio.TaskGroup() as group:
            for number, learner in enumerate(learners):
                await asyncio.sleep(max(0.0, began + number / per_second - perf_counter()))
                group.create_task(self.decide(learner))
                if number == 0:
                    group.create_task(self.see_all(len(learners)))

    async def decide(self, learner: SubjectId) -> None:
        """Grant what was withdrawn, or the other way round, and note when it was accepted."""
        number = self._made[learner] = self._made.get(learner, 0) + 1
        began = perf_counter()
        async with self._http.post(
            "/me/consents/newsletter",
            json={"decision": DECISIONS[number % 2]},
            headers=self._tokens[learner],
        ) as answer:
            answer.raise_for_status()
            await answer.read()
        now = perf_counter()
        self.accepted.append((now - began) * 1_000)
        self._awaited[learner, number] = now

    async def see_all(self, count: int = 0) -> None:
        """Look until the read model shows `count` decisions, or all that were made."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self._awaited or len(self.shown) < count:
                await self._look()
                await asyncio.sleep(POLL_SECONDS)

    def forget_figures(self) -> None:
        """Count anew: what came so far was for warming up."""
        self.accepted.clear()
        self.shown.clear()

    async def _look(self) -> None:
        subjects = list({subject for subject, _ in self._awaited})
        found = await self._lives.find({"_id": {"$in": subjects}}, {"status": 1}).to_list(None)
        now = perf_counter()
        for document in found:
            subject = SubjectId(document["_id"])
            reached = next((row[1] for row in document["status"] if row[0] == CONSENT), 0)
            for number in range(self._made[subject], 0, -1):
                since = self._awaited.get((subject, number))
                if since is None or number > reached:
                    continue
                del self._awaited[subject, number]
                self.shown.append(max(0.0, now - since) * 1_000)


@contextmanager
def _services(stage: Stage) -> Iterator[SystemSettings]:
    with TemporaryDirectory(prefix="carionexiq-bench-") as folder:
        settings = stage.settings().model_copy(
            update={"data_dir": Path(folder), "smtp_host": "127.0.0.1"}
        )
        with build_system(settings, services=("consent", "retention")):
            yield settings
