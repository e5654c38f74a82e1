"""Trying a rule set on the people there are: what would change, for how many, by how much."""

from datetime import timedelta
from typing import Final

from pydantic import BaseModel

from services.retention.application.lives import LifeReader
from services.retention.application.rule_book import RuleBook
from services.retention.domain.clocks.trial import Changed, Effect, changes_for
from services.retention.domain.ruleset.model import RuleSet
from shared.clock import Clock
from shared.personal import Category

EXAMPLES: Final = 3
PAGE: Final = 500
"""Persons looked at together where all of them are."""


class TrialFigure(BaseModel):
    """How much of one category would change in one way."""

    category: Category
    effect: Effect
    objects: int = 0
    persons: int = 0
    furthest_days: int = 0
    """The longest way that an end would move, back or forth."""
    examples: list[str] = []
    """Ids of some of the persons."""


class TrialPage(BaseModel):
    """What would change for some persons."""

    version: str
    """Version of the rule set on trial."""
    in_force: str
    persons: int
    """How many were looked at."""
    total: int
    after: str | None
    """Where to go on; `None` at the end."""
    changed_persons: int
    figures: list[TrialFigure]


class Trials:
    """Compares a rule set with the one in force, life by life; changes nothing."""

    def __init__(self, rules: RuleBook, lives: LifeReader, clock: Clock) -> None:
        self._rules = rules
        self._lives = lives
        self._clock = clock

    async def run(self, candidate: RuleSet, *, after: str, limit: int) -> TrialPage:
        """Try `candidate` on `limit` persons whose ids follow `after`."""
        in_force = await self._rules.current()
        now = self._clock.now()
        lives = await self._lives.some(after=after, limit=limit)
        figures: dict[tuple[Category, Effect], TrialFigure] = {}
        changed_persons = 0
        for life in lives:
            changed = list(changes_for(life, in_force, candidate, now))
            changed_persons += bool(changed)
            _count(figures, life.subject, changed)
        return TrialPage(
            version=candidate.version,
            in_force=in_force.version,
            persons=len(lives),
            total=await self._lives.count(),
            after=lives[-1].subject if len(lives) == limit else None,
            changed_persons=changed_persons,
            figures=[figures[key] for key in sorted(figures)],
        )

    async def goes_at_once(self, candidate: RuleSet) -> int:
        """Return how many objects would go because of `candidate` as soon as it is in force."""
        going = 0
        after: str | None = ""
        while after is not None:
            page = await self.run(candidate, after=after, limit=PAGE)
            going += sum(one.objects for one in page.figures if one.effect is Effect.AT_ONCE)
            after = page.after
        return going


def _count(
    figures: dict[tuple[Category, Effect], TrialFigure], subject: str, changed: list[Changed]
) -> None:
    """Add what changes for one person to `figures`."""
    seen = set()
    for one in changed:
        key = one.scope.category, one.effect
        figure = figures.setdefault(key, TrialFigure(category=key[0], effect=key[1]))
        figure.objects += 1
        days = round(abs(one.shift) / timedelta(days=1))
        figure.furthest_days = max(figure.furthest_days, days)
        if key not in seen:
            seen.add(key)
            figure.persons += 1
            if len(figure.examples) < EXAMPLES:
                figure.examples.append(subject)
