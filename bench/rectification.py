"""How long a corrected name takes from the click to the last read model that shows it (C8.2)."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from time import perf_counter
from typing import Final

import httpx

from bench.facts import META
from bench.round_trips import round_trips
from bench.rows import Row, at_most, p50, p99
from bench.services import running
from bench.stage import Stage
from bench.waiting import until
from services.identity.domain.learner.events import AccountRequested, AddressConfirmed
from services.identity.projections.learners import Learners as OwnLearners
from services.learning.projections.learners import Learners as TaughtLearners
from services.notify.projections.recipients import Recipients
from shared.clock import SystemClock
from shared.database import Collection, MongoClient
from shared.event_store import EventStore
from shared.events.base import SubjectId
from shared.http.auth import Role, Session
from shared.ids import new_id
from shared.personal import Personal
from shared.settings import Settings, load_settings
from shared.tokens import GATEWAY, TokenIssuer

SHOWN_WITHIN_MS: Final = 1_000
SHOWING: Final = (
    ("identity", OwnLearners.name),
    ("learning", TaughtLearners.name),
    ("notify", Recipients.name),
)
"""Where a first name is read: the account, trainers' lists and groups, the greeting of letters."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Identity over HTTP, and the read models of all who know a learner's name."""

    http: httpx.AsyncClient
    store: EventStore
    issuer: TokenIssuer
    shown: tuple[Collection, ...]
    kafka: str

    async def account(self) -> SubjectId:
        """Open an account and return whose it is, once everybody knows the name."""
        learner = SubjectId(new_id())
        opened = AccountRequested(
            learner_id=learner,
            first_name=Personal("Fautif"),
            last_name=Personal("Canari"),
            email=Personal(f"{learner}@canari.test"),
            language="fr",
            minor=False,
        )
        confirmed = AddressConfirmed(learner_id=learner)
        await self.store.append(
            f"learner-{learner}", 0, [opened, confirmed], subject=learner, meta=META
        )
        await until(partial(self._differs, learner, {}))
        return learner

    async def corrected(self, learner: SubjectId) -> float:
        """Return the milliseconds from the click to the last read model with the right name."""
        before = await self._names(learner)
        session = Session(new_id(), SystemClock().now() - timedelta(hours=1))
        token = self.issuer.issue("identity", learner, Role.LEARNER, session)
        headers = {"Authorization": f"Bearer {token}"}
        began = perf_counter()
        answer = await self.http.patch("/me", json={"first_name": "Juste"}, headers=headers)
        answer.raise_for_status()
        await until(partial(self._differs, learner, before))
        return (perf_counter() - began) * 1_000

    async def _differs(self, learner: SubjectId, before: dict[str, object]) -> bool:
        """Whether every read model shows another sealed name than `before`."""
        now = await self._names(learner)
        return all(name is not None and name != before.get(place) for place, name in now.items())

    async def _names(self, learner: SubjectId) -> dict[str, object]:
        found = {}
        for (service, name), collection in zip(SHOWING, self.shown, strict=True):
            document = await collection.find_one({"_id": learner}) or {}
            found[f"{service}.{name}"] = document.get("first_name")
        return found


async def measure(stage: Stage) -> list[Row]:
    """Measure corrections beside one bare record sent and received."""
    rounds = stage.size(100, 2)
    async with scene(stage) as found, round_trips(found.kafka) as bare:

        async def once() -> list[float]:
            return [await found.corrected(await found.account())]

        mine, theirs = await stage.interleaved(rounds, once, bare)
    what = "a corrected name, from the click to the last read model"
    against = "aiokafka: one record sent and received"
    return [
        Row(f"{what}, p50", p50(mine), "ms", p50(theirs), against),
        Row(f"{what}, p99", p99(mine), "ms", p99(theirs), against, at_most(SHOWN_WITHIN_MS)),
    ]


@asynccontextmanager
async def scene(stage: Stage) -> AsyncIterator[Scene]:
    """Yield the services that know a learner's name, running."""
    async with AsyncExitStack() as stack:
        asked, *_ = await stack.enter_async_context(
            running(stage, "identity", "learning", "notify")
        )
        settings = load_settings(Settings)
        mongodb = MongoClient(settings.mongodb_uri, settings.namespace)
        stack.callback(mongodb.close)
        http = await stack.enter_async_context(
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=asked), base_url="http://identity.bench"
            )
        )
        yield Scene(
            http,
            asked.state.runtime.kernel.store,
            TokenIssuer(GATEWAY, settings.secrets_dir, SystemClock()),
            tuple(mongodb.database(service).collection(name) for service, name in SHOWING),
            settings.kafka_bootstrap_servers,
        )
