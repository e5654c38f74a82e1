"""How long a session outlives what ends it: from the fact's commit to who is out.

Who is out: a browser at the gateway; and whoever shows consent a token that lives on for a minute.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from time import perf_counter
from typing import Final

from bench.facts import META
from bench.round_trips import round_trips
from bench.rows import Row, at_most, p50, p99
from bench.services import running
from bench.stage import Stage
from bench.waiting import until
from services.gateway.session_ending import SessionEnder
from services.gateway.sessions import SessionStore
from services.identity.domain.learner import events as e
from services.identity.domain.staff.events import Departed
from shared.clock import SystemClock
from shared.database import MongoClient
from shared.events.base import SubjectId
from shared.http.auth import Role, Session
from shared.http.problems import SESSION_ENDED, ProblemError
from shared.ids import new_id
from shared.service import Runtime
from shared.settings import Settings, load_settings
from shared.tokens import GATEWAY, TokenIssuer, TokenVerifier

LIMIT_MS: Final = 1_000
Ending = e.LearnerEvent | Departed

ENDS: Final[dict[str, Callable[[SubjectId], Ending]]] = {
    "a changed password": lambda who: e.PasswordChanged(learner_id=who, how="recovered"),
    "a block": lambda who: e.AccountSuspended(learner_id=who),
    "an erasure": lambda who: e.Closed(learner_id=who, reason="erasure"),
    "a departure of staff": lambda who: Departed(staff_id=who),
}
AT_SERVICES: Final[dict[str, Callable[[SubjectId], Ending]]] = {
    **ENDS,
    "signing out everywhere": lambda who: e.SignedOut(learner_id=who, everywhere=True),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """Identity, the gateway's sessions and another service, all running."""

    identity: Runtime
    sessions: SessionStore
    issuer: TokenIssuer
    consent: TokenVerifier
    kafka: str

    async def ended_by(self, event: Ending) -> float:
        """Return the milliseconds from the commit of `event` to the end of the session."""
        _stream, who, role = _whose(event)
        token = await self.sessions.start(who, role, None)

        async def out() -> bool:
            return await self.sessions.find(token) is None

        return await self._from(event, out)

    async def refused_after(self, event: Ending) -> float:
        """Return the milliseconds from the commit of `event` to the token's refusal by consent."""
        session = Session(new_id(), SystemClock().now() - timedelta(hours=1))
        _stream, who, role = _whose(event)
        token = self.issuer.issue("consent", who, role, session)

        async def refused() -> bool:
            try:
                await self.consent.verify(token)
            except ProblemError as error:
                return error.problem is SESSION_ENDED
            return False

        return await self._from(event, refused)

    async def _from(self, event: Ending, over: Callable[[], Awaitable[bool]]) -> float:
        stream, who, _role = _whose(event)
        began = perf_counter()
        await self.identity.kernel.store.append(stream, 0, [event], subject=who, meta=META)
        await until(over)
        return (perf_counter() - began) * 1_000


def _whose(event: Ending) -> tuple[str, SubjectId, Role]:
    """Return the stream of an event, whose it is, and in which role they have a session."""
    if isinstance(event, Departed):
        return f"staff-{event.staff_id}", event.staff_id, Role.TRAINER
    return f"learner-{event.learner_id}", event.learner_id, Role.LEARNER


async def measure(stage: Stage) -> list[Row]:
    """Measure each kind of end beside one bare record sent and received."""
    rounds = stage.size(50, 2)
    learners = iter(stage.facts().learners((len(ENDS) + len(AT_SERVICES)) * rounds))
    rows = []
    against = "aiokafka: one record sent and received"
    async with _scene(stage) as scene, round_trips(scene.kafka) as bare:
        for name, made in ENDS.items():
            ends = partial(_ended, scene, made, learners)
            mine, theirs = await stage.interleaved(rounds, ends, bare)
            rows.append(Row(f"{name} ends a session, p50", p50(mine), "ms", p50(theirs), against))
            rows.append(Row(f"{name} ends a session, p99", p99(mine), "ms", goal=at_most(LIMIT_MS)))
        for name, made in AT_SERVICES.items():
            refusals = partial(_refused, scene, made, learners)
            mine, theirs = await stage.interleaved(rounds, refusals, bare)
            what = f"{name}: a token is refused by another service"
            rows.append(Row(f"{what}, p50", p50(mine), "ms", p50(theirs), against))
            rows.append(Row(f"{what}, p99", p99(mine), "ms", goal=at_most(LIMIT_MS)))
    return rows


async def _refused(
    scene: Scene, made: Callable[[SubjectId], Ending], learners: Iterator[SubjectId]
) -> list[float]:
    return [await scene.refused_after(made(next(learners)))]


async def _ended(
    scene: Scene, made: Callable[[SubjectId], Ending], learners: Iterator[SubjectId]
) -> list[float]:
    return [await scene.ended_by(made(next(learners)))]


@asynccontextmanager
async def _scene(stage: Stage) -> AsyncIterator[Scene]:
    async with running(stage, "identity", "consent") as (app, other):
        settings = load_settings(Settings)
        mongodb = MongoClient(settings.mongodb_uri, settings.namespace)
        length = timedelta(hours=12)
        sessions = SessionStore(mongodb.database("gateway"), SystemClock(), length)
        ender = SessionEnder(settings, sessions)
        await ender.start()
        try:
            yield Scene(
                app.state.runtime,
                sessions,
                TokenIssuer(GATEWAY, settings.secrets_dir, SystemClock()),
                other.state.token_verifier,
                settings.kafka_bootstrap_servers,
            )
        finally:
            await ender.stop()
            mongodb.close()
