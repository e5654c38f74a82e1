"""Module suggestions by mail (C3.1, C5.1): one after a module, to whoever has begun no other."""

from collections.abc import AsyncIterator, Mapping

from services.learning.application.handle import Learning, enrolment_stream
from services.learning.application.history import load_history
from services.learning.application.suggest import considered
from services.learning.application.uses import SUGGESTIONS
from services.learning.domain.enrolment.commands import SuggestModule
from services.learning.domain.enrolment.decide import SUGGEST_AFTER, SUGGEST_UNTIL
from services.learning.domain.suggestions import last_completed, suggest
from shared.database import Document
from shared.event_store import Metadata
from shared.events.base import SubjectId


async def suggest_next(learning: Learning) -> Mapping[str, int]:
    """Emit what is due now and return how many were; running it again changes nothing.

    Whoever objects is passed over before their history is read, and so is everybody while nobody
    knows who does: the next run finds them again.
    """
    suggestions = withheld = 0
    async for document in _completed(learning):
        learner_id = SubjectId(document["learner_id"])
        if learning.choices.verdict(learner_id, SUGGESTIONS) != "allowed":
            withheld += 1
            continue
        person, now = await load_history(learning, learner_id), learning.clock.now()
        last = last_completed((one.state for one in person.enrolments.values()), now)
        found = suggest(learning.catalogue, considered(person))
        if last is None or last.enrolment_id != document["_id"] or not found:
            continue
        commit = await learning.enrolments.handle(
            enrolment_stream(last.enrolment_id),
            SuggestModule(found[0].module.id, at=now),
            subject=learner_id,
            meta=Metadata.system("module completed"),
        )
        suggestions += len(commit.event_ids)
    return {"suggestions": suggestions, "withheld": withheld}


def _completed(learning: Learning) -> AsyncIterator[Document]:
    now = learning.clock.now()
    return learning.enrolment_list.each(
        {
            "status": {"$in": ["completed", "certified"]},
            "suggested": False,
            "active_at": {"$gte": now - SUGGEST_UNTIL, "$lte": now - SUGGEST_AFTER},
        }
    )
