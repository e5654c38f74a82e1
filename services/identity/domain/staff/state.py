"""What the rules need to know of a member of staff."""

from dataclasses import dataclass, field
from datetime import datetime

from services.identity.domain.nobody import NOBODY
from services.identity.domain.staff.training import Training
from shared.events.base import SubjectId
from shared.personal import Personal
from shared.words import Language


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A member of staff; `staff_id` is empty while nobody was appointed."""

    staff_id: SubjectId = NOBODY
    role: str = ""
    name: Personal[str] | None = None
    email: Personal[str] | None = None
    password_hash: Personal[str] | None = None
    departed: bool = False
    expires_at: datetime | None = None
    awaits_confirmation: bool = False
    appointed_by: str = ""
    language: Language = "fr"
    invited_until: datetime | None = None
    """Until when a first sign-in through the external provider may link the account."""
    provider_subject: Personal[str] | None = None
    """Whose it is at the external provider."""
    recovery_link: str | None = None
    """The link by which the password can be replaced; the last one alone serves, and once."""
    recovery_until: datetime | None = None
    training: Training = field(default_factory=Training)
    """The yearly training (C7.7)."""

    def is_invited(self, now: datetime) -> bool:
        """Whether a sign-in through the external provider may link the account."""
        return self.invited_until is not None and now < self.invited_until

    def has_rights(self, now: datetime) -> bool:
        """Whether the role counts: neither left nor expired; it may await a second person."""
        return not self.departed and (self.expires_at is None or now < self.expires_at)


NO_STAFF = StaffMember()
