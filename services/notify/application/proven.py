"""Who proves an address again is written to again: the way off the suppression list."""

from services.notify.adapters.suppression_list import SuppressionList
from services.notify.application.ports import Directory
from shared.consuming.envelope import Envelope
from shared.consuming.reactions import Reaction
from shared.events import identity


class NotYetKnownError(Exception):
    """The recipient is not as recent as the fact; the reaction is tried again."""


class ProvenAddresses:
    """Takes addresses off the list that somebody has just received a message at."""

    def __init__(self, directory: Directory, suppressions: SuppressionList) -> None:
        self._directory = directory
        self._suppressions = suppressions

    def reaction(self) -> Reaction:
        """Return what this service does when an address is proven."""
        proofs = (identity.EmailConfirmed, identity.EmailChanged, identity.PasswordChanged)
        return Reaction("proven", ("identity.events",), dict.fromkeys(proofs, self.clear))

    async def clear(self, envelope: Envelope) -> None:
        """Take the person's address off the list: a link that was sent there has been followed.

        Raises:
            NotYetKnownError: it is not known yet which address that is.
        """
        event = envelope.data
        if isinstance(event, identity.PasswordChanged) and event.how != "recovered":
            return
        if not await self._directory.has_taken_in(envelope):
            raise NotYetKnownError
        recipient = await self._directory.find(envelope.subject)
        if recipient is not None and recipient.email is not None and recipient.reachable:
            await self._suppressions.clear(recipient.email.text())
