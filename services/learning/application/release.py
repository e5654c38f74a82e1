"""Releasing statistics: once a quarter, what has become safe to show (C2.6, C9.3).

The pool takes the figures out of what waits and keeps them, in one write; then they are recorded as
an event under the release's own command id. A crash in between repeats the record, once.
"""

from collections.abc import Mapping
from functools import partial

from services.learning.application.handle import NOBODY, Learning, statistics_stream
from services.learning.domain.statistics.commands import ReleaseFigures
from services.learning.domain.statistics.pool import Pool, announced
from services.learning.domain.statistics.release import release
from shared.cohorts import cohort_of
from shared.event_store import Metadata


async def release_statistics(learning: Learning) -> Mapping[str, int]:
    """Release what is due and return how many figures; again in a quarter it changes nothing."""
    period = cohort_of(learning.clock.now())
    figures = 0
    for module_id in await learning.pools.modules():
        left_over = await learning.pools.change(module_id, lambda pool: pool)
        await _announce(learning, module_id, left_over)
        released = await learning.pools.change(module_id, partial(release, period=period))
        figures += await _announce(learning, module_id, released)
    return {"figures": figures}


async def _announce(learning: Learning, module_id: str, pool: Pool) -> int:
    if not pool.unannounced:
        return 0
    await learning.statistics.handle(
        statistics_stream(module_id),
        ReleaseFigures(module_id, pool.period, pool.unannounced),
        subject=NOBODY,
        meta=Metadata.system("statistics release", command_id=f"release:{module_id}:{pool.period}"),
    )
    await learning.pools.change(module_id, partial(announced, period=pool.period))
    return len(pool.unannounced)
