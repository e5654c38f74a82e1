"""The sweep: acts on every clock that has run out, and on everything that waits."""

import math
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from services.retention.adapters.clock_store import ClockStore
from services.retention.application.case_opening import CaseOpener
from services.retention.application.case_streams import CaseStreams
from services.retention.application.cases import CaseRunner
from services.retention.application.guard import Guard
from services.retention.application.holds import HoldKeeper
from services.retention.application.incidents import IncidentKeeper
from services.retention.application.lives import LifeReader
from services.retention.application.proposals import Proposals
from services.retention.application.recomputation import Recomputation
from services.retention.application.rule_book import RuleBook
from services.retention.application.system_watch import SystemWatch
from services.retention.application.watch import Watch
from services.retention.domain.clocks.agenda import agenda
from shared.clock import Clock
from shared.consuming.projections import ReadModel
from shared.for_each import for_each

FIGURES = (
    "lives_refreshed",
    "holds_expired",
    "holds_disclosed",
    "reviews_reminded",
    "proposals_expired",
    "announced",
    "archived",
    "reactivated",
    "alarms",
    "alarms_settled",
    "cases_opened",
    "scopes_ordered",
    "cases_advanced",
    "cases_open",
    "keys_returned",
    "deadlines_reminded",
    "persons_told",
)

NEVER: Final = -1
AT_ONCE: Final = 8
"""How many persons, or cases, are attended to at the same time."""


class Sweep:
    """One pass over everything that is due. Interrupted anywhere, the next pass goes on."""

    def __init__(  # noqa: PLR0913 - one argument a collaborator
        self,
        clock: Clock,
        rules: RuleBook,
        clocks: ClockStore,
        recomputation: Recomputation,
        *,
        lives: LifeReader,
        watch: Watch,
        cases: CaseRunner,
        streams: CaseStreams,
        opener: CaseOpener,
        holds: HoldKeeper,
        guard: Guard,
        incidents: IncidentKeeper,
        proposals: Proposals,
        system: SystemWatch,
        open_cases: ReadModel,
    ) -> None:
        self._clock = clock
        self._rules = rules
        self._clocks = clocks
        self._recomputation = recomputation
        self._lives = lives
        self._watch = watch
        self._cases = cases
        self._streams = streams
        self._opener = opener
        self._holds = holds
        self._guard = guard
        self._incidents = incidents
        self._proposals = proposals
        self._system = system
        self._open_cases = open_cases

    async def run(self) -> Mapping[str, int]:
        """Sweep once and return figures.

        `next_in_seconds` tells when the next sweep will find something, unless facts come before;
        `NEVER` when nothing is in sight.
        """
        done: Counter[str] = Counter(dict.fromkeys(FIGURES, 0))
        done["holds_expired"] = await self._holds.expire()
        done["holds_disclosed"] = await self._holds.disclose()
        done["reviews_reminded"] = await self._holds.remind()
        done["proposals_expired"] = await self._proposals.expire()
        done["lives_refreshed"] = await self._recomputation.run()
        due = self._clocks.due_subjects(self._clock.now())
        await for_each(due, lambda subject: self._attend_to(subject, done), at_once=AT_ONCE)
        now = self._clock.now()
        cases = self._open_cases.each({"open": True, **_awake(now)})
        await for_each(cases, lambda case: self._advance(case["_id"], done), at_once=AT_ONCE)
        done["cases_open"] += await self._open_cases.count({"open": True, **_asleep(now)})
        done["keys_returned"] = await self._guard.run()
        done.update(await self._incidents.run())
        done.update(await self._system.run())
        return {**done, "next_in_seconds": await self._next_in_seconds()}

    async def _next_in_seconds(self) -> int:
        now = self._clock.now()
        query = {"open": True, **_asleep(now)}
        waiting = await self._open_cases.find(query, sort=[("destroy_at", 1)], limit=1)
        instants: list[datetime] = [case["destroy_at"] for case in waiting]
        if (soonest := await self._clocks.next_at()) is not None:
            instants.append(soonest)
        if not instants:
            return NEVER
        return max(0, math.ceil((min(instants) - now) / timedelta(seconds=1)))

    async def _attend_to(self, subject: str, done: Counter[str]) -> None:
        life = await self._lives.load(subject)
        if life is None:
            return
        todo = agenda(await self._rules.current(), life, self._clock.now())
        if todo.archive == "enter":
            done["archived"] += await self._watch.enter_archive(subject)
        elif todo.archive == "leave":
            done["reactivated"] += await self._watch.leave_archive(subject)
        for one in todo.announcements:
            done["announced"] += await self._watch.announce(subject, one.rule_id, one.due)
        for alarm in todo.alarms:
            done["alarms"] += await self._watch.alarm(
                "missing_anchor", subject, rule_id=alarm.rule_id
            )
        for alarm in todo.settled:
            done["alarms_settled"] += await self._watch.settle(subject, alarm.rule_id)
        for order in todo.cases:
            await self._opener.open(life, order)
            done["cases_opened"] += 1
            done["scopes_ordered"] += len(order.scopes)

    async def _advance(self, case_id: str, done: Counter[str]) -> None:
        before = await self._streams.state(case_id)
        after = await self._cases.advance(case_id, before)
        done["cases_advanced"] += before.stage != after.stage
        done["cases_open"] += after.certificate is None


def _asleep(now: datetime) -> dict[str, Any]:
    """Return the query for cases that wait for the end of their safety delay."""
    return {"destroy_at": {"$gt": now}}


def _awake(now: datetime) -> dict[str, Any]:
    return {"$or": [{"destroy_at": None}, {"destroy_at": {"$lte": now}}]}
