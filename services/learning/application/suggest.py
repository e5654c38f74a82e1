"""Suggestions at the point of use: an objection stops them before anything is looked at (C8.3)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from services.learning.application.handle import Learning
from services.learning.application.history import PersonHistory, load_history
from services.learning.domain.catalogue.model import Catalogue
from services.learning.domain.suggestions import History, Suggestion, suggest
from shared.events.base import SubjectId

PURPOSE = "suggestions"


@dataclass(frozen=True, slots=True)
class Suggested:
    """The suggestions, or that the person objects to them."""

    objected: bool
    items: tuple[Suggestion, ...] = ()


async def suggestions_for(learning: Learning, learner_id: SubjectId) -> Suggested:
    """Return suggestions for the learner; none is computed while the learner objects."""

    async def objects() -> bool:
        document = await learning.objection_list.get(learner_id)
        return document is not None and document.get(PURPOSE, False)

    async def history() -> PersonHistory:
        return await load_history(learning, learner_id)

    return await compute_unless_objected(learning.catalogue, objects, history)


async def compute_unless_objected(
    catalogue: Catalogue,
    objects: Callable[[], Awaitable[bool]],
    history: Callable[[], Awaitable[PersonHistory]],
) -> Suggested:
    """Ask for an objection first; read the learning history only where there is none."""
    if await objects():
        return Suggested(objected=True)
    return Suggested(objected=False, items=tuple(suggest(catalogue, considered(await history()))))


def considered(person: PersonHistory) -> History:
    """Return the part of the history that suggestions look at; what is erased does not count."""
    states = [one.state for one in person.enrolments.values()]
    scores: dict[str, dict[str, int]] = {}
    for state in states:
        for exercise_id, score in state.scores.items():
            value = score.reveal()
            if isinstance(value, int):
                scores.setdefault(state.module_id, {})[exercise_id] = value
    return History(
        taken=frozenset(state.module_id for state in states if not state.anonymised),
        completed=frozenset(state.module_id for state in states if state.ever_completed),
        scores=scores,
    )
