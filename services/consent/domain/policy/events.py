"""What happened to the policy, as this service stores it; about no person."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from services.consent.domain.events import Digest
from shared.events.base import DomainEvent, Identifier
from shared.words import Text


class Digests(BaseModel):
    """SHA-256 of the words that were published, so that they cannot be others later."""

    model_config = ConfigDict(frozen=True)

    fr: Digest
    en: Digest


class PolicyPublished(DomainEvent):
    """A version was published: it replaces the one before from its effect on (C12.1, C12.2)."""

    version: Identifier
    substantial: bool
    """Whether it is announced to everybody with an account."""
    effective_at: datetime
    summary: Text
    """What changes, in a few words."""
    digests: Digests
    published_by: Identifier
    published_at: datetime
