"""The proposals that await, or had, a second person, for lists; details stay in the streams."""

from collections.abc import Iterable

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document, IndexModel
from shared.events.retention import ProposalMade, ProposalSettled


class Proposals(Projection):
    """One document per proposal."""

    name = "proposals"
    topics = ("retention.events",)
    indexes = (IndexModel([("outcome", 1), ("asked_at", -1)]),)

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the proposal the event is about."""
        match envelope.data:
            case ProposalMade(proposal_id=proposal_id) | ProposalSettled(proposal_id=proposal_id):
                return (proposal_id,)
            case _:
                return ()

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the proposal after the event."""
        match envelope.data:
            case ProposalMade() as event:
                return {
                    **event.model_dump(mode="json"),
                    "asked_at": envelope.time,
                    "expires_at": event.expires_at,
                    "outcome": None,
                }
            case ProposalSettled(outcome=outcome) if document is not None:
                return {**document, "outcome": outcome}
            case _:
                return document
