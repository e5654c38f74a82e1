"""What a proposal's history amounts to."""

from dataclasses import dataclass

from services.retention.domain.proposal.events import ActWasProposed, ProposalWasSettled


@dataclass(frozen=True, slots=True)
class ProposalState:
    """One proposal; the default is one that does not exist."""

    made: ActWasProposed | None = None
    settled: ProposalWasSettled | None = None
