"""Whom a message would reach, as known at the moment of sending."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from shared.events.base import SubjectId
from shared.personal import Personal
from shared.zones import HOME

OFFICER: Final = SubjectId("data-protection-officer")
"""Stands for the mailbox of a function, in which no person is written to."""
SECURITY: Final = SubjectId("security")
"""The same, of who watches over the platform's security."""
FUNCTIONS: Final = frozenset({OFFICER, SECURITY})


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person; personal values opened, or erased."""

    subject_id: SubjectId
    language: Literal["fr", "en"] = "fr"
    email: Personal[str] | None = None
    first_name: Personal[str] | None = None
    consents: frozenset[str] = frozenset()
    confirmed: bool = False
    """Whether the address has been proven."""
    blocked: bool = False
    closed: bool = False
    archived: bool = False
    zone: str = HOME
    """Time zone by which quiet hours are kept and moments are told (IANA)."""
    address_since: datetime | None = None
    """Since when the address is this one."""
    erased: bool = False
    """Whether the erasure of the address has been ordered."""

    @property
    def reachable(self) -> bool:
        """Whether there is an address that can still be read."""
        return self.email is not None and not self.email.is_erased
