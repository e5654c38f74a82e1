"""What identity does because of its own published facts."""

from typing import Final

from services.identity.application.accounts import Accounts
from services.identity.application.credentials import Credentials
from services.identity.application.prospects import Prospects
from services.identity.application.rights_cases import RightsCases
from services.identity.application.support import Support
from shared.consuming.envelope import Envelope
from shared.consuming.reactions import Reaction
from shared.event_store import Metadata
from shared.events.base import SubjectId
from shared.events.identity import EmailChanged, EmailChangeStopped, EmailConfirmed

CONVERSION: Final = "convert-prospect"
ADDRESSES: Final = "addresses"


def conversion(
    accounts: Accounts, prospects: Prospects, support: Support, cases: RightsCases
) -> Reaction:
    """Return the reaction that turns a prospect into a learner once the address is proven (C2.9).

    What is still open goes on under the account, before the rest goes with the prospect. A
    registration alone proves nothing: anybody can type somebody else's address.
    """

    async def convert(envelope: Envelope) -> None:
        learner_id = SubjectId(envelope.subject)
        learner = await accounts.learner(learner_id)
        if learner.email is None or learner.email.is_erased:
            return
        prospect_id = await prospects.known(learner.email.text())
        if prospect_id is None:
            return
        meta = Metadata.caused_by(envelope, CONVERSION)
        await support.hand_on(prospect_id, learner_id, meta)
        await cases.hand_on(prospect_id, learner_id, meta)
        await prospects.convert(prospect_id, learner_id, meta)

    return Reaction(CONVERSION, ("identity.events",), {EmailConfirmed: convert})


def addresses(credentials: Credentials) -> Reaction:
    """Return the reaction that keeps the e-mail index in step with changed addresses."""

    async def settle(envelope: Envelope) -> None:
        await credentials.settle_addresses(SubjectId(envelope.subject))

    return Reaction(
        ADDRESSES, ("identity.events",), {EmailChanged: settle, EmailChangeStopped: settle}
    )
