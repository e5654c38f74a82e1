"""What can be asked of a proposal."""

from dataclasses import dataclass
from datetime import datetime

from services.retention.domain.proposal.acts import Act


@dataclass(frozen=True, slots=True)
class ProposeAct:
    """Ask for an act that a second person has to confirm."""

    proposal_id: str
    act: Act
    reason: str
    """In words, of an adoption alone; never about a person. Holds and matters have codes."""
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ConfirmAct:
    """Agree as the second person."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ActAlone:
    """Act without a second person: the exception of who operates the machine alone."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RefuseAct:
    """Refuse it, or withdraw what one has asked for oneself."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ExpireProposal:
    """End a proposal that nobody decided in time."""

    at: datetime


ProposalCommand = ProposeAct | ConfirmAct | ActAlone | RefuseAct | ExpireProposal
