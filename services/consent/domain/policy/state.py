"""Which versions of the policy were published, and what follows for a moment."""

from dataclasses import dataclass
from datetime import datetime

from services.consent.domain.policy.events import PolicyPublished


@dataclass(frozen=True, slots=True)
class PolicyState:
    """Every version that was published, in order; the one the platform opened with was not."""

    published: tuple[PolicyPublished, ...] = ()

    @property
    def announced(self) -> PolicyPublished | None:
        """Return the version that learners accept or refuse: the last substantial one (C12.1)."""
        return next((one for one in reversed(self.published) if one.substantial), None)

    def publication(self, version: str) -> PolicyPublished | None:
        """Return how `version` was published, if it was."""
        return next((one for one in self.published if one.version == version), None)

    def in_force(self, at: datetime) -> PolicyPublished | None:
        """Return the version in force at an instant; `None`: the one the platform opened with."""
        return next((one for one in reversed(self.published) if one.effective_at <= at), None)

    def coming(self, at: datetime) -> PolicyPublished | None:
        """Return the last version that was published and has no effect yet."""
        return next((one for one in reversed(self.published) if one.effective_at > at), None)
