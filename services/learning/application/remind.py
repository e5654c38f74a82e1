"""Training reminders (C5.1): one for each idle period of a running enrolment."""

from collections.abc import AsyncIterator, Mapping

from services.learning.application.handle import Learning, enrolment_stream
from services.learning.application.uses import REMINDERS
from services.learning.domain.calendar import paris_date
from services.learning.domain.enrolment.commands import RemindOfTraining
from services.learning.domain.enrolment.decide import IDLE_AFTER
from shared.database import Document
from shared.event_store import Metadata
from shared.events.base import SubjectId


async def remind(learning: Learning) -> Mapping[str, int]:
    """Emit what is due now and return how many were; running it again changes nothing.

    Whoever objects is passed over, and so is everybody while nobody knows who does: the next run
    finds them again.
    """
    reminders = withheld = 0
    now = learning.clock.now()
    async for document in _idle(learning):
        if learning.choices.verdict(document["learner_id"], REMINDERS) != "allowed":
            withheld += 1
            continue
        commit = await learning.enrolments.handle(
            enrolment_stream(document["_id"]),
            RemindOfTraining(at=now),
            subject=SubjectId(document["learner_id"]),
            meta=Metadata.system("idle enrolment"),
        )
        reminders += len(commit.event_ids)
    return {"reminders": reminders, "withheld": withheld}


def _idle(learning: Learning) -> AsyncIterator[Document]:
    now = learning.clock.now()
    return learning.enrolment_list.each(
        {
            "status": {"$in": ["running", "refused"]},
            "reminded": False,
            "active_at": {"$lte": now - IDLE_AFTER},
            "access_until": {"$gte": paris_date(now).isoformat()},
        }
    )
