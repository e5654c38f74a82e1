"""Suggestions at the point of use: an objection stops them before anything is looked at (C8.3)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from services.learning.application.handle import Learning
from services.learning.application.history import PersonHistory, load_history
from services.learning.application.uses import SUGGESTIONS
from services.learning.domain.catalogue.model import Catalogue
from services.learning.domain.suggestions import History, Suggestion, suggest
from shared.choices import Verdict
from shared.events.base import SubjectId


@dataclass(frozen=True, slots=True)
class Suggested:
    """The suggestions, or why none were computed."""

    status: Literal["computed", "stopped", "withheld"]
    """`withheld` while nobody knows whether the person objects."""
    items: tuple[Suggestion, ...] = ()


async def suggestions_for(learning: Learning, learner_id: SubjectId) -> Suggested:
    """Return suggestions for the learner; none is computed while the learner objects."""

    async def history() -> PersonHistory:
        return await load_history(learning, learner_id)

    verdict = learning.choices.verdict(learner_id, SUGGESTIONS)
    return await compute_if_allowed(learning.catalogue, verdict, history)


async def compute_if_allowed(
    catalogue: Catalogue, verdict: Verdict, history: Callable[[], Awaitable[PersonHistory]]
) -> Suggested:
    """Read the learning history only where the person's choices allow it."""
    if verdict != "allowed":
        return Suggested("stopped" if verdict == "refused" else "withheld")
    return Suggested("computed", tuple(suggest(catalogue, considered(await history()))))


def considered(person: PersonHistory) -> History:
    """Return the part of the history that suggestions look at; what is erased does not count."""
    states = [one.state for one in person.enrolments.values()]
    scores: dict[str, dict[str, int]] = {}
    for state in states:
        for exercise_id, score in state.usable_scores.items():
            value = score.reveal()
            if isinstance(value, int):
                scores.setdefault(state.module_id, {})[exercise_id] = value
    return History(
        taken=frozenset(state.module_id for state in states if not state.anonymised),
        completed=frozenset(state.module_id for state in states if state.ever_completed),
        scores=scores,
    )
