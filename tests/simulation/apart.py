"""Runs in a process of their own, whatever the tests before have left in this one."""

from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext

from tests.simulation.planted import PLANTED
from tests.simulation.run import Outcome, Plan, run


def run_apart(plan: Plan) -> Outcome:
    """Run `plan` as a command of its own would."""
    with ProcessPoolExecutor(1, mp_context=_clean()) as process:
        return process.submit(run, plan).result()


def run_planted(name: str) -> Outcome:
    """Run what `PLANTED` says of a bug, with the bug."""
    with ProcessPoolExecutor(1, mp_context=_clean()) as process:
        return process.submit(_planted, name).result()


def _planted(name: str) -> Outcome:
    plant = PLANTED[name]
    with plant.plant():
        return run(Plan(plant.seed, rate=plant.rate, most=plant.most))


@cache
def _clean() -> ForkServerContext:
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context
