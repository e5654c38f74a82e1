"""The way back for a learner who lost every factor: slow, told everywhere, stopped by one press.

Whoever takes it knows the password, reads the account's mail, and has waited a week in which every
known address was told. Any use of a factor meanwhile ends it (ADR 46).
"""

from dataclasses import dataclass

from services.identity.adapters.links import RETURN_WAITS, Links
from services.identity.application.accounts import Accounts
from services.identity.application.credentials import Credentials
from services.identity.application.sign_in import SignIn
from services.identity.application.staff import Staff
from services.identity.application.strong_authentication import StrongAuthentication
from services.identity.domain.authenticators import commands as c
from services.identity.domain.authenticators.events import Holder
from services.identity.domain.learner import commands as of_learner
from services.identity.domain.learner.state import Learner
from shared.clock import Clock
from shared.event_store import Metadata
from shared.events.base import SubjectId
from shared.ids import new_id
from shared.personal import Personal
from shared.requests import RequestIdentity


@dataclass(frozen=True, slots=True)
class ReturnLinks:
    """The link that removes the factors, and the one that stops that."""

    take: Links
    stop: Links


class FactorReturn:
    """Carries out what is asked of the way back."""

    def __init__(
        self,
        strong: StrongAuthentication,
        sign_in: SignIn,
        accounts: Accounts,
        staff: Staff,
        credentials: Credentials,
        links: ReturnLinks,
        clock: Clock,
    ) -> None:
        self._strong = strong
        self._sign_in = sign_in
        self._accounts = accounts
        self._staff = staff
        self._credentials = credentials
        self._links = links
        self._clock = clock

    async def ask(self, pending: str, request: RequestIdentity) -> None:
        """Begin the wait for whoever has just given the right password, and tell every address.

        Raises:
            SignInOverError: the password has to be given again.
            NoAuthenticatorError: it is staff's, whose factors a second administrator removes.
        """
        subject = await self._sign_in.right_password(pending)
        holder: Holder = "staff" if (await self._staff.member(subject)).staff_id else "learner"
        link_id, now = new_id(), self._clock.now()
        command = c.AskReturn(
            holder=holder,
            link_id=link_id,
            token=Personal(self._links.take.token_of(subject, link_id)),
            stop_token=Personal(self._links.stop.token_of(subject, link_id)),
            previous_email=_previous(await self._accounts.learner(subject), self._clock),
            at=now,
            opens_at=now + RETURN_WAITS,
            until=now + self._links.take.lifetime,
        )
        await self._strong.of_return(subject, command, _own(subject, request))

    async def take(self, token: str, request: RequestIdentity) -> None:
        """Remove every factor by the link in the letter; sessions end, the password stays.

        Raises:
            InvalidLinkError: the link is not ours or has expired.
            LinkSpentError: it was used, stopped, or a factor was used since.
            ReturnTooEarlyError: the wait is not over.
        """
        if request.earlier is not None:
            return
        subject, link_id = self._links.take.read_bound(token)
        command = c.TakeReturn(link_id, self._clock.now())
        await self._strong.of_return(subject, command, _own(subject, request))

    async def stop(self, token: str, request: RequestIdentity) -> None:
        """Keep the factors, end every session, and send a link for a new password.

        Raises:
            InvalidLinkError: the link is not ours or has expired.
            LinkSpentError: the way back is over already.
        """
        if request.earlier is not None:
            return
        subject, link_id = self._links.stop.read_bound(token)
        meta = _own(subject, request)
        await self._strong.of_return(subject, c.StopReturn(link_id), meta.for_step("stop"))
        await self._accounts.handle(
            subject, of_learner.EndSessions("owner"), meta.for_step("sessions")
        )
        await self._credentials.send_recovery(subject, meta.for_step("recovery"))


def _previous(learner: Learner, clock: Clock) -> Personal[str] | None:
    """Return the address before, where a change of it can still be stopped."""
    change = learner.email_change
    if change is None or not change.confirmed or clock.now() >= change.stop_until:
        return None
    return None if change.previous_email.is_erased else change.previous_email


def _own(subject: SubjectId, request: RequestIdentity) -> Metadata:
    return Metadata.of(request, actor=subject, role="learner")
