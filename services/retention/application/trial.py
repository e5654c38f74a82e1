"""Trying a rule set on the people there are: what would change, for how many, by how much."""

from datetime import timedelta
from typing import Final

from pydantic import BaseModel

from services.retention.application.lives import LifeReader
from services.retention.domain.clocks.trial import Changed, Effect, changes_for
from services.retention.domain.ruleset.model import RuleSet
from services.retention.domain.ruleset.parse import parse_rule_set
from shared.clock import Clock
from shared.personal import Category

EXAMPLES: Final = 3


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

    def __init__(self, rules: RuleSet, lives: LifeReader, clock: Clock) -> None:
        self._rules = rules
        self._lives = lives
        self._clock = clock

    async def run(self, text: str, name: str, *, after: str, limit: int) -> TrialPage:
        """Try the rule set in `text` on `limit` persons whose ids follow `after`.

        Raises:
            RuleSetError: `text` is no rule set; one line per mistake, beginning with `name`.
        """
        candidate = parse_rule_set(text, name)
        now = self._clock.now()
        lives = await self._lives.some(after=after, limit=limit)
        figures: dict[tuple[Category, Effect], TrialFigure] = {}
        changed_persons = 0
        for life in lives:
            changed = list(changes_for(life, self._rules, candidate, now))
            changed_persons += bool(changed)
            _count(figures, life.subject, changed)
        return TrialPage(
            version=candidate.version,
            in_force=self._rules.version,
            persons=len(lives),
            total=await self._lives.count(),
            after=lives[-1].subject if len(lives) == limit else None,
            changed_persons=changed_persons,
            figures=[figures[key] for key in sorted(figures)],
        )


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
