"""Reading about a learner beyond the groups that are taught, under an access that was taken."""

from dataclasses import dataclass
from datetime import datetime

from services.learning.application.handle import Learning
from shared.vault import current_access


@dataclass(frozen=True, slots=True)
class OpenAccess:
    """An access that is open at this moment."""

    access_id: str
    until: datetime


async def open_access(learning: Learning, staff_id: str, learner_id: str) -> OpenAccess | None:
    """Return the access under which `staff_id` may read about the learner now, if there is one.

    It ends with its time, when it is ended, and with the role of who took it. Whatever the request
    reads of the learner from here on is recorded as read under it.
    """
    known = await learning.break_glass_list.get(learner_id) or {}
    now = learning.clock.now()
    found = [
        OpenAccess(access_id, one["until"])
        for access_id, one in known.get("accesses", {}).items()
        if one["taken_by"] == staff_id and now < one["until"]
    ]
    if not found or (await learning.staff_list.get(staff_id) or {}).get("departed"):
        return None
    longest = max(found, key=lambda one: one.until)
    if (access := current_access()) is not None:
        access.broken_glass[learner_id] = longest.access_id
    return longest
