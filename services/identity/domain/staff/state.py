"""What the rules need to know of a member of staff."""

from dataclasses import dataclass

from services.identity.domain.nobody import NOBODY
from shared.events.base import SubjectId
from shared.personal import Personal


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A member of staff; `staff_id` is empty while nobody was appointed."""

    staff_id: SubjectId = NOBODY
    role: str = ""
    name: Personal[str] | None = None
    email: Personal[str] | None = None
    password_hash: Personal[str] | None = None
    departed: bool = False


NO_STAFF = StaffMember()
