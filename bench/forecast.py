"""The forecast of a rule set: invented lives, their ends and the sweeps that find them."""

from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from time import process_time
from typing import Final

from bench.rows import Row, at_most, p50
from bench.stage import Stage
from deploy.rules.rule_file import load
from deploy.simulation.forecast import forecast
from deploy.simulation.lives import InventedLife, invented_lives
from services.retention.domain.clocks.compute import clocks_of, deciding
from services.retention.domain.life.fold import fold
from services.retention.domain.life.life import Life

POLICY: Final = Path("services/retention/policy")
YEARS: Final = 15
ROUNDS: Final = 7


async def measure(stage: Stage) -> list[Row]:
    """Measure a life of fifteen years, beside working out all its clocks after every fact."""
    rules = load(POLICY)
    portion = stage.size(500, 5)
    portions = _portions(portion, stage.seed)
    forecast(rules, next(portions), YEARS)

    async def ours() -> list[float]:
        began = process_time()
        forecast(rules, next(portions), YEARS)
        return [(process_time() - began) / portion * 1e6]

    async def each_time() -> list[float]:
        began = process_time()
        for one in next(portions):
            life = Life(one.subject)
            for happened in one.happened:
                fold(life, happened)
                deciding(clocks_of(rules, life))
        return [(process_time() - began) / portion * 1e6]

    lives, anew = await stage.interleaved(stage.size(ROUNDS, 1), ours, each_time)
    told = "all clocks after every fact, no sweeps"
    return [
        Row("forecast of a life of 15 years", p50(lives), "us", p50(anew), told, at_most(1_200))
    ]


def _portions(size: int, seed: int) -> Iterator[Sequence[InventedLife]]:
    for first in count(0, size):
        yield list(invented_lives(range(first, first + size), YEARS, seed))
