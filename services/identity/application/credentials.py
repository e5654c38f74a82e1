"""Use cases of getting in: a forgotten password, another password, another e-mail address."""

from dataclasses import dataclass

from services.identity.adapters.devices import Devices
from services.identity.adapters.email_index import EmailIndex, Owner, normalised
from services.identity.adapters.links import Links
from services.identity.adapters.passwords import Passwords
from services.identity.application.accounts import Accounts
from services.identity.application.present_password import PresentPassword
from services.identity.application.staff import AddressTakenError, Staff
from services.identity.domain.errors import LinkSpentError
from services.identity.domain.learner import commands as c
from services.identity.domain.learner.credentials import confirmable
from services.identity.domain.learner.state import Learner
from shared.clock import Clock
from shared.event_store import Metadata
from shared.events.base import SubjectId
from shared.ids import new_id
from shared.personal import Personal
from shared.requests import RequestIdentity


@dataclass(frozen=True, slots=True)
class CredentialLinks:
    """The links of each step, one purpose each."""

    recovery: Links
    email: Links
    stop: Links


class Credentials:
    """Carries out what changes how a learner signs in."""

    def __init__(
        self,
        accounts: Accounts,
        staff: Staff,
        index: EmailIndex,
        passwords: Passwords,
        links: CredentialLinks,
        present: PresentPassword,
        devices: Devices,
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._staff = staff
        self._index = index
        self._passwords = passwords
        self._links = links
        self._present = present
        self._devices = devices
        self._clock = clock

    async def recover(self, email: str, request: RequestIdentity) -> None:
        """Send a link to whoever has this address; whether there is somebody is told to nobody."""
        owner = await self._index.find_account(email)
        if request.earlier is not None or owner is None:
            return
        if owner.kind == "staff":
            link_id, links = new_id(), self._links.recovery
            token, until = (
                links.token_of(owner.subject, link_id),
                self._clock.now() + links.lifetime,
            )
            meta = _own(owner.subject, request)
            await self._staff.recover(owner.subject, link_id, token, until, meta)
            return
        learner = await self._accounts.learner(owner.subject)
        if learner.requested and is_current(learner, email):
            await self._accounts.handle(
                owner.subject, self._recovery(owner.subject), _own(owner.subject, request)
            )

    async def reset(self, token: str, password: str, request: RequestIdentity) -> str:
        """Replace a forgotten password by the link that `token` stands for.

        Return what makes the browser one that the account knows.

        Raises:
            InvalidLinkError: the link is not ours or has expired.
            LinkSpentError: it was used, or superseded by a later one.
            WeakPasswordError: the password is too easy to guess; the link stays valid.
        """
        learner_id, link_id = self._links.recovery.read_bound(token)
        if request.earlier is not None:
            return self._devices.token(learner_id)
        if (await self._staff.member(learner_id)).staff_id:
            meta = _own(learner_id, request)
            await self._staff.reset_password(learner_id, link_id, password, meta)
            return self._devices.token(learner_id)
        learner = await self._accounts.learner(learner_id)
        if learner.recovery is None or learner.recovery.link_id != link_id:
            raise LinkSpentError
        hashed = await self._passwords.choose(password, own_words(learner))
        command = c.ResetPassword(link_id, Personal(hashed), self._clock.now())
        await self._accounts.handle(learner_id, command, _own(learner_id, request))
        return self._devices.token(learner_id)

    async def change_password(
        self, learner_id: SubjectId, current: str, password: str, meta: Metadata
    ) -> None:
        """Replace the password of somebody signed in.

        Raises:
            ThrottledError: the present password was guessed at too often.
            WrongPasswordError: `current` is not the password.
            WeakPasswordError: the new one is too easy to guess.
        """
        learner = await self._accounts.learner(learner_id)
        await self._present.require(learner_id, current, learner.password_hash)
        hashed = await self._passwords.choose(password, own_words(learner))
        await self._accounts.handle(learner_id, c.ChangePassword(Personal(hashed)), meta)

    async def request_email_change(
        self, learner_id: SubjectId, email: str, current: str, meta: Metadata
    ) -> None:
        """Tell both addresses of the change that somebody signed in asks for.

        Whether another account has the address is told only to who can read its mail.

        Raises:
            ThrottledError: the present password was guessed at too often.
            WrongPasswordError: `current` is not the password.
            EmailJustChangedError: the last change can still be stopped.
        """
        learner = await self._accounts.learner(learner_id)
        await self._present.require(learner_id, current, learner.password_hash)
        link_id, now = new_id(), self._clock.now()
        command = c.RequestEmailChange(
            link_id=link_id,
            email=Personal(normalised(email)),
            token=Personal(self._links.email.token_of(learner_id, link_id)),
            stop_token=Personal(self._links.stop.token_of(learner_id, link_id)),
            at=now,
            until=now + self._links.email.lifetime,
            stop_until=now + self._links.stop.lifetime,
        )
        await self._accounts.handle(learner_id, command, meta)

    async def cancel_email_change(self, learner_id: SubjectId, meta: Metadata) -> None:
        """Give up a change that is still to be confirmed."""
        await self._accounts.handle(learner_id, c.CancelEmailChange(), meta)

    async def confirm_email_change(self, token: str, request: RequestIdentity) -> None:
        """Let the new address count: its owner followed the link.

        Raises:
            InvalidLinkError: the link is not ours or has expired.
            LinkSpentError: it was used, superseded or stopped.
            AddressTakenError: the address belongs to another account.
        """
        if request.earlier is not None:
            return
        learner_id, link_id = self._links.email.read_bound(token)
        now = self._clock.now()
        change = confirmable(await self._accounts.learner(learner_id), link_id, now)
        email, owner = change.email.text(), Owner(learner_id, "learner")
        # The reaction `addresses` makes it the account's for good once the fact is recorded.
        if not await self._index.reserve(email, owner, until=change.stop_until):
            raise AddressTakenError
        await self._accounts.handle(
            learner_id, c.ConfirmEmailChange(link_id, now), _own(learner_id, request)
        )

    async def stop_email_change(self, token: str, request: RequestIdentity) -> None:
        """Undo the change for the owner of the old address, who gets a link for a new password.

        Raises:
            InvalidLinkError: the link is not ours or its week is over.
            LinkSpentError: it was used or superseded.
        """
        if request.earlier is not None:
            return
        learner_id, link_id = self._links.stop.read_bound(token)
        command = c.StopEmailChange(link_id, self._clock.now(), self._recovery(learner_id))
        await self._accounts.handle(learner_id, command, _own(learner_id, request))

    async def send_recovery(self, learner_id: SubjectId, meta: Metadata) -> None:
        """Send a link for a new password to whose present one somebody else knows."""
        await self._accounts.handle(learner_id, self._recovery(learner_id), meta)

    async def settle_addresses(self, learner_id: SubjectId) -> None:
        """Bring the index in step with the addresses of the account; repeating changes nothing."""
        learner = await self._accounts.learner(learner_id)
        if learner.email is None or learner.email.is_erased:
            return
        left = {}
        change = learner.email_change
        if change is not None and change.confirmed and not change.previous_email.is_erased:
            left[change.previous_email.text()] = change.stop_until
        await self._index.settle(Owner(learner_id, "learner"), learner.email.text(), left)

    def _recovery(self, learner_id: SubjectId) -> c.RequestRecovery:
        link_id, links = new_id(), self._links.recovery
        return c.RequestRecovery(
            link_id=link_id,
            token=Personal(links.token_of(learner_id, link_id)),
            until=self._clock.now() + links.lifetime,
        )


def is_current(learner: Learner, email: str) -> bool:
    """Whether `email` is the account's address now: the index keeps one it left for a while."""
    return (
        learner.email is not None
        and not learner.email.is_erased
        and learner.email.text() == normalised(email)
    )


def own_words(learner: Learner) -> list[str]:
    """Return the names and addresses that make no password of this learner's."""
    values = (learner.first_name, learner.last_name, learner.email)
    return [value.text() for value in values if value is not None and not value.is_erased]


def _own(learner_id: SubjectId, request: RequestIdentity) -> Metadata:
    return Metadata.of(request, actor=learner_id, role="learner")
