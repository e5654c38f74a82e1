"""One run: the schedule, the system under load, the faults in rounds, the checker after each."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from tests.chaos.checker import Violation, check
from tests.chaos.evidence import Evidence
from tests.chaos.faults import Fault
from tests.chaos.injector import Injector, Struck
from tests.chaos.observe import Observer
from tests.chaos.system import NotStartedError, System
from tests.chaos.workload import Workload

FAULTS_PER_ROUND: Final = 100
IN_FLIGHT: Final = 6
"""Faults that go on at the same time, unless told otherwise."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Round:
    """Some faults, and what the checker found after them that it had not found before."""

    struck: Sequence[Struck]
    violations: Sequence[Violation]


@dataclass
class Result:
    """A whole run."""

    seed: int
    rounds: list[Round] = field(default_factory=list)
    figures: dict[str, int | float] = field(default_factory=dict)

    @property
    def violations(self) -> list[Violation]:
        """Everything that went wrong."""
        return [violation for one in self.rounds for violation in one.violations]


async def run(
    folder: Path,
    seed: int,
    faults: Sequence[Fault],
    tell: Tell,
    *,
    in_flight: int = IN_FLIGHT,
    bugs: Sequence[str] = (),
) -> Result:
    """Strike a system under `folder` with `faults` and return what became of it."""
    result = Result(seed)
    known: set[Violation] = set()
    begun = time.monotonic()
    async with System(folder, bugs=bugs) as system:
        injector, observer = Injector(system), Observer(system)
        if missing := await observer.rest():
            raise NotStartedError(missing)
        tell(f"everything is up after {time.monotonic() - begun:.0f} s")
        workload = Workload(seed, system)
        remaining = iter(faults)
        while chosen := list(islice(remaining, FAULTS_PER_ROUND)):
            struck = await _round(chosen, in_flight, injector, workload, tell)
            evidence = await observer.evidence(workload)
            found = [one for one in check(evidence) if one not in known]
            known.update(found)
            result.rounds.append(Round(struck, found))
            result.figures = figures(evidence, system, time.monotonic() - begun)
            tell(f"round {len(result.rounds)}: {len(found)} violations, {result.figures}")
            for violation in found[:20]:
                tell(f"  {violation.rule}: {violation.what}")
    return result


async def _round(
    faults: Sequence[Fault], in_flight: int, injector: Injector, workload: Workload, tell: Tell
) -> list[Struck]:
    """Let clients work and faults strike, several at the same time; return once both are over."""
    queue = iter(faults)
    struck: list[Struck] = []

    async def strike() -> None:
        for fault in queue:
            over = await injector.strike(fault)
            struck.append(over)
            tell(f"{fault} {_fate(over)}")

    working = asyncio.create_task(workload.run())
    try:
        await asyncio.gather(*(strike() for _ in range(in_flight)))
    finally:
        workload.stop()
        await working
    return struck


def _fate(struck: Struck) -> str:
    if struck.missed:
        return "(nothing to strike)"
    return "(NEVER BACK)" if struck.recovery is None else f"(back after {struck.recovery:.1f} s)"


def figures(evidence: Evidence, system: System, seconds: float) -> dict[str, int | float]:
    """Return counts of what happened in a run of `seconds`."""
    outcomes = [operation.outcome for operation in evidence.operations]
    return {
        **{str(outcome): outcomes.count(outcome) for outcome in set(outcomes)},
        "attempts": sum(operation.attempts for operation in evidence.operations),
        "commits": len(evidence.commits),
        "records": len(evidence.records),
        "starts": sum(process.starts for process in system.processes.values()),
        "wedged": sum(process.wedged for process in system.processes.values()),
        "megabytes": sum(disk.used_megabytes for disk in system.disks.values()),
        "seconds": round(seconds),
    }
