"""Asking what a person decided, at the point of use; and how long after a click the last obeys."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from time import perf_counter
from typing import Final

import httpx

from bench.facts import META
from bench.rows import Row, at_most, p50, p99
from bench.services import SECRET, running
from bench.stage import Stage
from bench.waiting import until
from services.consent.domain.events import ConsentGranted as Granted
from services.consent.domain.events import Shown
from services.learning.application.uses import KEEPING
from services.notify.adapters.unsubscribe_links import UnsubscribeLinks
from services.notify.application.uses import MARKETING
from shared.choices import Choices, Verdict
from shared.choices.instant import instant
from shared.consuming.envelope import Envelope
from shared.event_store import EventStore
from shared.events.base import SubjectId
from shared.events.consent import ConsentGranted, Purpose
from shared.ids import new_id

CHECK_LIMIT_US: Final = 50.0
NEWSLETTER: Final = MARKETING["newsletter"]


async def measure_checks(stage: Stage) -> list[Row]:
    """Measure one check among many people, beside looking a key up in a dictionary."""
    people = [new_id() for _ in range(stage.size(100_000, 1_000))]
    choices, bare = Choices(), dict.fromkeys(people, True)
    for number, subject in enumerate(people):
        choices.hear(_granted(subject, number))
    choices.confirm(instant())
    rounds = stage.size(20, 2)
    ours, theirs = await stage.interleaved(
        rounds, partial(_checked, choices, people), partial(_looked_up, bare, people)
    )
    return [
        Row(
            f"consent check among {len(people)} people, p99 of rounds",
            p99(ours),
            "µs",
            p99(theirs),
            "a bare dictionary",
            at_most(CHECK_LIMIT_US),
        )
    ]


OBEYS_WITHIN_MS: Final = 1_000
PURPOSES: Final = {"newsletter": NEWSLETTER, "recordings": KEEPING}


@dataclass(frozen=True, slots=True)
class Scene:
    """Consent over HTTP, and what the services that use data know."""

    http: httpx.AsyncClient
    store: EventStore
    links: UnsubscribeLinks
    knowing: tuple[Choices, ...]

    async def withdrawn(self, purpose: Purpose) -> float:
        """Return the milliseconds from the press to when the last service refuses the use."""
        learner = SubjectId(new_id())
        shown = Shown(text_version="of-this-measurement", language="fr")
        given = Granted(
            learner_id=learner,
            purpose=purpose,
            shown=shown,
            channel="portal",
            decided_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        await self.store.append(f"consents-{learner}", 0, [given], subject=learner, meta=META)
        await until(partial(self._all, learner, purpose, "allowed"))
        began = perf_counter()
        body = {"token": self.links.token(learner, purpose), "place": "mail_program"}
        (await self.http.post("/unsubscriptions", json=body)).raise_for_status()
        await until(partial(self._all, learner, purpose, "refused"))
        return (perf_counter() - began) * 1_000

    async def _all(self, learner: str, purpose: str, verdict: Verdict) -> bool:
        return all(one.verdict(learner, PURPOSES[purpose]) == verdict for one in self.knowing)


async def measure_withdrawals(stage: Stage) -> list[Row]:
    """Measure withdrawals from the press of an unsubscribe link to the last service that obeys."""
    took: list[float] = []
    async with _scene(stage) as scene:
        for purpose in ("newsletter", "recordings"):
            for _ in range(stage.size(100, 3)):
                took.append(await scene.withdrawn(purpose))  # noqa: PERF401 - one after the other
    what = "from the click to the last service that obeys"
    return [
        Row(f"{what}, p50", p50(took), "ms"),
        Row(f"{what}, p99", p99(took), "ms", goal=at_most(OBEYS_WITHIN_MS)),
    ]


@asynccontextmanager
async def _scene(stage: Stage) -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        asked, *users = await stack.enter_async_context(
            running(stage, "consent", "learning", "notify")
        )
        http = await stack.enter_async_context(
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=asked), base_url="http://consent.bench"
            )
        )
        yield Scene(
            http,
            asked.state.runtime.kernel.store,
            UnsubscribeLinks(SECRET, "https://portal.bench"),
            tuple(app.state.runtime.kernel.choices for app in users),
        )


async def _checked(choices: Choices, people: list[str]) -> list[float]:
    choices.confirm(instant())
    began = perf_counter()
    for subject in people:
        choices.verdict(subject, NEWSLETTER)
    return [(perf_counter() - began) / len(people) * 1e6]


async def _looked_up(known: dict[str, bool], people: list[str]) -> list[float]:
    began = perf_counter()
    for subject in people:
        known.get(subject)
    return [(perf_counter() - began) / len(people) * 1e6]


def _granted(subject: str, number: int) -> Envelope:
    return Envelope(
        id=f"event-{number}",
        type="ConsentGranted",
        version=1,
        source="consent",
        subject=SubjectId(subject),
        stream=f"consents-{subject}",
        sequence=1,
        time=datetime(2026, 1, 1, tzinfo=UTC),
        correlation_id="bench",
        causation_id=None,
        traceparent=None,
        data=ConsentGranted(
            learner_id=SubjectId(subject),
            purpose="newsletter",
            text_version="newsletter-2025-01",
            language="fr",
            channel="portal",
        ),
        topic="consent.events",
        partition=0,
        offset=number,
    )
