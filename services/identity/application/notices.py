"""The person's answer to a letter about a sign-in: it was me, or it was not (C7.4)."""

from services.identity.adapters.links import Links
from services.identity.application.accounts import Accounts
from services.identity.application.anomalies import Anomalies
from services.identity.domain.anomaly.commands import AnswerNotice
from services.identity.domain.anomaly.events import AnomalyNoticed
from services.identity.domain.anomaly.state import Anomaly
from services.identity.domain.errors import LinkSpentError
from services.identity.domain.learner.commands import DisownSignIn, RequestRecovery
from shared.clock import Clock
from shared.event_store import Metadata
from shared.ids import new_id
from shared.personal import Personal
from shared.requests import RequestIdentity


class SignInNotices:
    """Reads and answers them, by the link alone."""

    def __init__(
        self,
        anomalies: Anomalies,
        accounts: Accounts,
        notices: Links,
        recovery: Links,
        clock: Clock,
    ) -> None:
        self._anomalies = anomalies
        self._accounts = accounts
        self._notices = notices
        self._recovery = recovery
        self._clock = clock

    async def read(self, token: str) -> tuple[Anomaly, AnomalyNoticed]:
        """Return the anomaly that `token` asks about.

        Raises:
            InvalidLinkError: the link is not ours or has expired.
            LinkSpentError: it is about nothing that can be answered.
        """
        subject, anomaly_id = self._notices.read_bound(token)
        state = await self._anomalies.state(anomaly_id)
        found = state.found
        if not isinstance(found, AnomalyNoticed) or found.subject_id != subject:
            raise LinkSpentError
        return state, found

    async def answer(self, token: str, request: RequestIdentity, *, mine: bool) -> None:
        """Record the answer. "Not me" withdraws the password, which ends every session.

        A link to a new password goes to the account's own address.

        Raises:
            InvalidLinkError: the link is not ours or has expired.
            LinkSpentError: it was answered otherwise.
            IdentityError: the account may no longer be used.
        """
        _, found = await self.read(token)
        subject = found.subject_id
        meta = Metadata.of(request, actor=subject, role="learner")
        if not mine:
            # First what protects: an answer alone, cut short here, would leave the account open.
            link_id = new_id()
            recovery = RequestRecovery(
                link_id=link_id,
                token=Personal(self._recovery.token_of(subject, link_id)),
                until=self._clock.now() + self._recovery.lifetime,
            )
            await self._accounts.handle(subject, DisownSignIn(recovery), meta.for_step("disown"))
        answered = AnswerNotice(mine, self._clock.now())
        await self._anomalies.act(found.anomaly_id, answered, meta)
