"""The learning service's part of erasures and releases, in a process that may kill itself.

Each call is a process of its own on the real engines, with the service's own wiring. `doomed` names
a step, such as `after added`; the process then ends by SIGKILL right there.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from typing import Any, Final

from services.learning.adapters.statistics_pools import StatisticsPools
from services.learning.application.handle import Learning, enrolment_stream
from services.learning.application.publish import DOMAIN_EVENTS, publish
from services.learning.application.release import release_statistics
from services.learning.bootstrap import bootstrap
from services.learning.domain.account import AccountStanding
from services.learning.domain.enrolment.commands import AnswerExercise, Enrol
from services.learning.settings import LearningSettings
from shared.choices.instant import instant
from shared.command_handler import CommandHandler
from shared.consuming.envelope import Envelope
from shared.erasure import ErasureParticipant
from shared.event_store import Metadata
from shared.events.base import SubjectId
from shared.events.erasure import KeyScope
from shared.events.retention import ErasureOrdered
from shared.personal import Category, Personal
from shared.service import Runtime, create_app, describe_app
from shared.vault import KeyId
from tests.envelopes import enveloped

CONTEXT: Final[ForkServerContext] = get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.integration.learning.killed"])

MODULE: Final = "budget-request"
EXERCISE: Final = "best-opening"


@dataclass(frozen=True)
class Wired:
    """The learning service as its own code wires it, connected and not started."""

    runtime: Runtime
    learning: Learning


Work = Callable[[Wired], Awaitable[None]]


@dataclass(frozen=True)
class Enrolled:
    """An invented learner's enrolment."""

    learner: str
    enrolment: str
    answer: str


def process(environment: Mapping[str, str], *work: Work, doomed: str | None = None) -> int:
    """Do `work`, one after the other, in a process and return its exit code."""
    child = CONTEXT.Process(target=_main, args=(environment, work, doomed))
    child.start()
    child.join()
    assert child.exitcode is not None
    return child.exitcode


@dataclass(frozen=True)
class EnrolAll:
    """Enrols the learners and has each answer one exercise."""

    people: Sequence[Enrolled]

    async def __call__(self, wired: Wired) -> None:
        """Do it."""
        learning = wired.learning
        module = learning.catalogue.module(MODULE)
        now = learning.clock.now()
        for one in self.people:
            learner = SubjectId(one.learner)
            confirmed = AccountStanding(confirmed=True)
            for command in (
                Enrol(learner, one.enrolment, module, confirmed, now),
                AnswerExercise(learner, module, EXERCISE, Personal(one.answer), now),
            ):
                await learning.enrolments.handle(
                    enrolment_stream(one.enrolment),
                    command,
                    subject=learner,
                    meta=Metadata.system("test"),
                )


@dataclass(frozen=True)
class Erase:
    """Carries out orders to anonymise, as the reaction to retention's facts does."""

    people: Sequence[Enrolled]

    async def __call__(self, wired: Wired) -> None:
        """Do it."""
        runtime = wired.runtime
        participant = ErasureParticipant(
            "learning",
            runtime.kernel.store,
            runtime.service.erase,
            canaries=runtime.kernel.canaries,
            verifier=runtime.verifier,
        )
        for one in self.people:
            await participant.erase(_order(one))


@dataclass(frozen=True)
class DestroyKeys:
    """Destroys the keys of enrolments, as retention does once every service acknowledged."""

    people: Sequence[Enrolled]

    async def __call__(self, wired: Wired) -> None:
        """Do it."""
        for one in self.people:
            key = KeyId(one.learner, Category.LEARNING_HISTORY, one.enrolment)
            await wired.runtime.kernel.vault.destroy(key)


@dataclass(frozen=True)
class Release:
    """Releases the statistics, as the schedule does."""

    async def __call__(self, wired: Wired) -> None:
        """Do it."""
        await release_statistics(wired.learning)


def _order(one: Enrolled) -> Envelope:
    order = ErasureOrdered(
        case_id=f"case-{one.enrolment}",
        subject_id=SubjectId(one.learner),
        scopes=(KeyScope(category=Category.LEARNING_HISTORY, object=one.enrolment),),
        mode="anonymised",
        reason="term",
        rule_ids=("learning-history",),
        closes_account=False,
    )
    return enveloped(
        order,
        subject=one.learner,
        at=datetime(2035, 1, 1, tzinfo=UTC),
        stream=f"case-{one.enrolment}",
        event_id=f"order-{one.enrolment}",
    )


def _main(environment: Mapping[str, str], work: Sequence[Work], doomed: str | None) -> None:
    os.environ.update(environment)
    if doomed is not None:
        _arm(doomed)
    asyncio.run(_run(work))


async def _run(work: Sequence[Work]) -> None:
    made: list[Learning] = []
    create = Learning.__init__

    def remembered(self: Learning, *args: Any, **kwargs: Any) -> None:
        create(self, *args, **kwargs)
        made.append(self)

    setattr(Learning, "__init__", remembered)  # noqa: B010 - the wiring hands it to nobody else
    app = create_app(
        "learning",
        settings=LearningSettings,
        domain_events=DOMAIN_EVENTS,
        publish=publish,
        bootstrap=bootstrap,
    )
    runtime = await describe_app(app)
    # Nobody has objected to anything.
    runtime.kernel.choices.confirm(instant())
    await runtime._keys.prepare()
    await runtime.kernel.store.prepare()
    for one in work:
        await one(Wired(runtime, made[0]))


def _arm(doomed: str) -> None:
    """Let the process end by SIGKILL before or after the step that `doomed` names."""
    change, handle = StatisticsPools.change, CommandHandler.handle

    def die_at(step: str) -> None:
        if step == doomed:
            os.kill(os.getpid(), signal.SIGKILL)

    async def changed(pools: StatisticsPools, module_id: str, how: Any) -> Any:
        name = getattr(getattr(how, "func", how), "__name__", "")
        die_at(f"before {name}")
        pool = await change(pools, module_id, how)
        die_at(f"after {name}")
        return pool

    async def handled(handler: Any, stream: str, command: Any, **kwargs: Any) -> Any:
        die_at(f"before {type(command).__name__}")
        commit = await handle(handler, stream, command, **kwargs)
        die_at(f"after {type(command).__name__}")
        return commit

    setattr(StatisticsPools, "change", changed)  # noqa: B010 - a planted end
    setattr(CommandHandler, "handle", handled)  # noqa: B010 - same
