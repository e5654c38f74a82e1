"""What happened to a proposal, as this service stores it; free of personal data."""

from datetime import datetime

from services.retention.domain.proposal.acts import Act
from services.retention.domain.ruleset.adoption import Why
from shared.events.base import DomainEvent, Identifier
from shared.events.retention import ProposalOutcome


class ActWasProposed(DomainEvent):
    """Somebody asked for an act that a second person has to confirm by `expires_at`."""

    proposal_id: Identifier
    act: Act
    reason: Why = ""
    asked_by: Identifier
    asked_at: datetime
    expires_at: datetime


class ProposalWasSettled(DomainEvent):
    """It was carried out, refused or withdrawn, or nobody decided in time."""

    proposal_id: Identifier
    outcome: ProposalOutcome
    settled_by: Identifier | None
    """`None` where time alone ended it."""
    settled_at: datetime


ProposalEvent = ActWasProposed | ProposalWasSettled
