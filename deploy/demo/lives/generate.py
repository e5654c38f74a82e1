"""Casting: which lives a demonstration has, and when each begins."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from deploy.demo.lives.actions import Life
from deploy.demo.lives.canaries import CanaryBook
from deploy.demo.lives.kinds import KINDS
from deploy.demo.lives.plan import Plan
from deploy.demo.lives.session_days import end_of, session_instants

ONE_OF_EACH: Final = (
    *("certified", "eraser", "minor_alone", "course", "litigant", "withdrawer", "returner"),
    *("closer", "trial", "objector", "minor_agreed", "unconfirmed", "faithful"),
)
USUAL: Final = (
    *("course", "certified", "trial", "certified", "withdrawer", "faithful", "course", "objector"),
    *("returner", "certified", "eraser", "trial", "litigant", "course", "certified", "closer"),
    *("minor_alone", "certified", "unconfirmed", "trial", "course", "minor_agreed", "withdrawer"),
)
LONG: Final = frozenset({"returner", "litigant"})
"""Kinds whose point comes only years after they begin."""
EARLY_SHARE: Final = 0.62
"""Nobody begins after this share of the years, so that most terms run out within them."""
EARLY_BIAS: Final = 1.6
LEARNERS_PER_PROSPECT: Final = 6
CONVERTED_EVERY: Final = 3


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody of one demonstration, with what was planted."""

    lives: tuple[Life, ...]
    canaries: CanaryBook
    instants: tuple[datetime, ...]
    end: datetime


def generate(learners: int, years: int, seed: int) -> Cast:
    """Return the lives of `learners` learners, and of prospects beside them, over `years` years."""
    instants = session_instants(years, seed)
    book = CanaryBook(random.Random(f"{seed}:canaries"))  # noqa: S311 - a reproducible plan
    lives = []
    for number, kind in enumerate(_kinds(learners), start=1):
        lives.append(_live(f"learner-{number:03d}", kind, instants, years, seed, book))
    for number in range(1, max(2, learners // LEARNERS_PER_PROSPECT) + 1):
        kind = "converted" if number % CONVERTED_EVERY == 1 else "prospect"
        lives.append(_live(f"prospect-{number:03d}", kind, instants, years, seed, book))
    return Cast(tuple(lives), book, instants, end_of(years))


def _kinds(learners: int) -> list[str]:
    kinds = list(ONE_OF_EACH)
    while len(kinds) < learners:
        kinds.extend(USUAL)
    return kinds[:learners]


def _live(
    key: str, kind: str, instants: Sequence[datetime], years: int, seed: int, book: CanaryBook
) -> Life:
    rng = random.Random(f"{seed}:{key}")  # noqa: S311 - a reproducible plan
    share = EARLY_SHARE if kind not in LONG else max(0.05, EARLY_SHARE - 3.8 / years)
    wish = instants[int(rng.random() ** EARLY_BIAS * share * len(instants))]
    plan = Plan(key, kind, instants=instants, rng=rng, book=book)
    start = plan.not_before(wish)
    if start is not None:
        KINDS[kind](plan, start)
    return plan.life()
