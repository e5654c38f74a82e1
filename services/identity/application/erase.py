"""Identity's part in an erasure: what leads to the person besides sealed values."""

from services.identity.adapters.email_index import EmailIndex
from services.identity.adapters.support_files import SupportFiles
from services.identity.application.accounts import Accounts
from services.identity.domain.errors import UnknownAccountError
from services.identity.domain.learner.commands import CloseAccount
from shared.erasure import ErasureOrder
from shared.event_store import Metadata
from shared.personal import WHOLE, Category

ADDRESSES = {Category.CONTACT, Category.CIVIL_IDENTITY, Category.PROSPECT, Category.STAFF}


class Eraser:
    """Deletes index rows and attachments, and closes the account when an erasure is ordered."""

    def __init__(
        self, accounts: Accounts, index: EmailIndex, files: SupportFiles, documents: SupportFiles
    ) -> None:
        """Erase in these places; `documents` are those of official demands."""
        self._accounts = accounts
        self._index = index
        self._files = files
        self._documents = documents

    async def erase(self, erasure: ErasureOrder) -> None:
        """Erase identity's rows of the ordered scopes; repeating it changes nothing."""
        order = erasure.order
        whole = {scope.category for scope in order.scopes if scope.object == WHOLE}
        if whole & ADDRESSES:
            await self._index.forget(order.subject_id)
        requests = {s.object for s in order.scopes if s.category is Category.SUPPORT}
        if requests:
            await self._files.forget(order.subject_id, requests)
        demands = {s.object for s in order.scopes if s.category is Category.DEMAND}
        if demands:
            await self._documents.forget(order.subject_id, demands)
        if order.closes_account:
            meta = Metadata.caused_by(erasure.envelope, "close-erased-account")
            try:
                await self._accounts.handle(order.subject_id, CloseAccount(reason="erasure"), meta)
            except UnknownAccountError:
                # A prospect or a member of staff has no learner's account to close.
                return
