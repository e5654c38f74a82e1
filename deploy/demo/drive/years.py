"""Living the years: the plan carried out against the running system."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from ahocorasick_rs import BytesAhoCorasick
from dateutil.relativedelta import relativedelta

from deploy.demo.drive.client import Client
from deploy.demo.drive.letters import Letters
from deploy.demo.drive.people import Person
from deploy.demo.drive.perform import Performer
from deploy.demo.drive.staff import Staff
from deploy.demo.drive.system import DemoSystem
from deploy.demo.drive.timeline import Instant, Phase, timeline
from deploy.demo.drive.witness import Witness
from deploy.demo.lives import actions as a
from deploy.demo.lives.canaries import Canary
from deploy.demo.lives.generate import Cast
from deploy.demo.lives.session_days import PARIS

AT_ONCE: Final = 6
"""How many people act at the same time."""


LISTEN_EVERY: Final = 200
"""Events after which the witness reads on, so that what is told of the progress is recent."""
AFTER_SETTLING: Final = (a.Confirm, a.GuardianAgrees, a.Enrol, a.RequestErasure)
"""What needs a message, or a fact from another service, of earlier the same day."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a demonstration stands."""

    now: datetime
    share: float
    people: int
    certified: int
    events: int


@dataclass(frozen=True, slots=True)
class Lived:
    """What is known once the years are over."""

    people: Mapping[str, Person]
    witness: Witness
    planted: tuple[Canary, ...]
    """Canaries that were really sent to the platform."""


class Years:
    """Carries out one cast's lives."""

    def __init__(self, system: DemoSystem, cast: Cast, tell: Callable[[Progress], None]) -> None:
        self._system = system
        self._cast = cast
        self._tell = tell
        self._people = {life.key: _person(life) for life in cast.lives}
        self._witness = Witness(system.settings, system.clock, self._people.values())
        self._planted: set[int] = set()
        canaries = list(cast.canaries)
        self._cores = [(n, core) for n, canary in enumerate(canaries) for core in canary.cores]
        self._automaton = BytesAhoCorasick([core.encode() for _, core in self._cores])
        self._clients = {
            key: Client(system.gateway_url, system.clock, sent=self._note_planted)
            for key in self._people
        }
        self._staff = Staff(system)
        self._limit = asyncio.Semaphore(AT_ONCE)
        self._changed = True
        """Whether anything happened since the last sweep: only then, or when something falls due,
        can a sweep find anything. What it should have found and did not, the judgement finds."""
        self._due: datetime | None = None
        self._minors_due = sorted(_of_minors(cast.lives))

    async def live(self) -> Lived:
        """Let everybody live to the end.

        Raises:
            DemoFailedError: the platform failed on the way.
        """
        try:
            await self._live()
        except BaseException:
            await self._witness.stop()
            raise
        finally:
            for client in self._clients.values():
                await client.close()
            await self._staff.close()
        canaries = list(self._cast.canaries)
        planted = tuple(canaries[n] for n in sorted(self._planted))
        return Lived(self._people, self._witness, planted)

    async def _live(self) -> None:
        system = self._system
        await self._witness.start(await system.ends())
        await self._staff.appoint()
        await system.settle()
        performer = Performer(
            self._clients,
            self._staff.clients,
            Letters(system.settings.maildir),
            system.clock,
            await self._catalogue(),
        )
        start = system.clock.now()
        for instant in timeline(self._cast.lives, start, self._cast.end):
            system.clock.move_to(instant.at)
            await self._at(instant, performer)
            self._report(start)
        system.clock.move_to(self._cast.end)
        await self._sweep()
        await system.settle()
        await self._witness.catch_up(system.settler.ends)

    async def _at(self, instant: Instant, performer: Performer) -> None:
        if not instant.phases:
            await self._follow_minors(instant.at)
            if self._changed or (self._due is not None and instant.at >= self._due):
                await self._sweep()
            return
        self._changed = True
        for number, phase in enumerate(instant.phases):
            everything = [action for _, actions in phase.actions for action in actions]
            if number and any(isinstance(action, AFTER_SETTLING) for action in everything):
                await self._system.settle()
            await self._staff.arrive(everything)
            await asyncio.gather(*(self._live_phase(performer, phase, key) for key in _keys(phase)))
        await self._system.settle()
        followed = 0
        if instant.reminders:
            followed += await self._schedule("learning", "reminders")
        if instant.newsletter:
            followed += await self._schedule("notify", "newsletter")
        if instant.reminders or instant.newsletter:
            followed += await self._schedule("notify", "retries")
        if followed:
            await self._system.settle()
        self._system.check()
        # Whoever is new has to be recognised while the address can still be read.
        everything = [x for phase in instant.phases for _, xs in phase.actions for x in xs]
        newcomers = any(isinstance(x, a.Register | a.ContactAsProspect) for x in everything)
        unheard = self._system.settler.events - self._witness.events
        if newcomers or unheard > LISTEN_EVERY:
            await self._witness.catch_up(self._system.settler.ends)

    async def _live_phase(self, performer: Performer, phase: Phase, key: str) -> None:
        async with self._limit:
            for person, actions in phase.actions:
                if person == key:
                    for action in actions:
                        await performer.perform(self._people[key], action)

    async def _schedule(self, service: str, name: str) -> int:
        """Run a schedule and return the sum of its figures: zero when nothing came of it."""
        figures = await self._system.run_schedule(service, name)
        return sum(figure for figure in figures.values() if isinstance(figure, int))

    async def _follow_minors(self, at: datetime) -> None:
        """Let identity remind guardians and pass control to who came of age, where it is due."""
        due = [moment for moment in self._minors_due if moment <= at]
        if due:
            self._minors_due = self._minors_due[len(due) :]
            await self._schedule("identity", "minors")
            await self._system.settle()
            self._changed = True

    async def _sweep(self) -> None:
        """Sweep, and note when a sweep will find something next unless something happens."""
        before = await self._system.ends()
        figures = await self._system.run_schedule("retention", "sweep")
        self._changed = not await self._system.is_idle("retention", before)
        if self._changed:
            await self._system.settle()
        seconds = figures["next_in_seconds"]
        self._due = self._system.clock.now() + timedelta(seconds=seconds) if seconds >= 0 else None

    async def _catalogue(self) -> list[dict[str, Any]]:
        client = self._clients[next(iter(self._clients))]
        listed = await client.get("/learning/modules")
        ids = [module["module_id"] for module in listed["items"]]
        return [await client.get(f"/learning/modules/{module_id}") for module_id in ids]

    def _note_planted(self, body: bytes) -> None:
        for index, _, _ in self._automaton.find_matches_as_indexes(body):
            self._planted.add(self._cores[index][0])

    def _report(self, start: datetime) -> None:
        now = self._system.clock.now()
        present = sum(
            1
            for person in self._people.values()
            if person.registered_at is not None and person.erasure_at is None
        )
        self._tell(
            Progress(
                now,
                (now - start) / (self._cast.end - start),
                present,
                len(self._witness.certified),
                self._system.settler.events,
            )
        )


def _keys(phase: Phase) -> list[str]:
    return list(dict.fromkeys(key for key, _ in phase.actions))


def _of_minors(lives: Iterable[a.Life]) -> Iterator[datetime]:
    """Yield when a guardian is to be reminded, a question is over, and minors come of age."""
    for life in lives:
        for step in life.steps:
            for action in step.actions:
                if isinstance(action, a.Register) and action.guardian_email is not None:
                    adult_on = action.birth_date + relativedelta(years=18)
                    yield from (step.at + timedelta(days=5), step.at + timedelta(days=7))
                    yield datetime.combine(adult_on, time(), PARIS)


def _person(life: a.Life) -> Person:
    person = Person(life.key, life.kind)
    for step in life.steps:
        for action in step.actions:
            if isinstance(action, a.Register | a.ContactAsProspect):
                person.email = action.email
    return person
