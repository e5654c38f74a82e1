"""Staff sign in through an external OpenID Connect provider.

The states: led to the provider (what this sign-in is recognised by is kept signed in the browser,
ten minutes, so that a reload changes nothing); back with a code; vouched for; then as any sign-in.
"""

import hmac
import secrets
from dataclasses import dataclass

from services.identity.adapters.email_index import EmailIndex
from services.identity.adapters.links import InvalidLinkError, Links
from services.identity.adapters.openid_provider import (
    OpenIDProvider,
    ProviderRefusedError,
    Vouched,
)
from services.identity.application.sign_in_record import (
    Origin,
    SignedInPrincipal,
    SignInRecorder,
)
from services.identity.application.staff import Staff
from services.identity.application.throttle import Throttle
from services.identity.domain.errors import NotInvitedError
from services.identity.domain.staff.commands import EndStaffSessions, LinkProvider
from shared.clock import Clock
from shared.event_store import Metadata
from shared.events.base import SubjectId
from shared.ids import new_id


@dataclass(frozen=True, slots=True)
class LedAway:
    """Somebody on the way to the provider."""

    address: str
    """Where the browser goes."""
    pending: str
    """What the browser keeps, and comes back with."""


class ProviderSignIn:
    """Leads staff to the provider, and signs in whom it vouches for."""

    def __init__(
        self,
        provider: OpenIDProvider,
        links: Links,
        index: EmailIndex,
        staff: Staff,
        recorder: SignInRecorder,
        throttle: Throttle,
        clock: Clock,
    ) -> None:
        self._provider = provider
        self._links = links
        self._index = index
        self._staff = staff
        self._recorder = recorder
        self._throttle = throttle
        self._clock = clock

    async def begin(self, network: str) -> LedAway:
        """Return where to send a browser, and what it keeps until it is back.

        Raises:
            ThrottledError: too many were led away from this network.
            ProviderAwayError: the provider does not answer.
        """
        async with self._throttle.provider(network):
            state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
            address = await self._provider.address(state, nonce, verifier)
            return LedAway(address, self._links.token_with(state, nonce, verifier))

    async def complete(
        self, code: str, state: str, pending: str, origin: Origin
    ) -> SignedInPrincipal:
        """Sign in the member of staff whom the provider vouches for by `code`.

        Args:
            code: what the provider sent the browser back with.
            state: the same.
            pending: what the browser has kept since `begin`.
            origin: where the attempt comes from.

        Raises:
            ThrottledError: too many came back to this network.
            ProviderAwayError: the provider does not answer.
            ProviderRefusedError: nobody is vouched for, or this browser was not led away, or long
                ago.
            WeakSignInError: the provider does not confirm strong authentication.
            NotInvitedError: no account is open to whom it vouches for.
            IdentityError: the account may not be used.
        """
        nonce, verifier = self._kept(pending, state)
        async with self._throttle.provider(origin.ip_address.text()):
            vouched = await self._provider.vouch(code, nonce, verifier)
            subject = await self._member(vouched)
            strong = self._provider.requires_strength
            return await self._recorder.record(subject, origin, strong=strong)

    async def log_out(self, token: str, network: str) -> None:
        """End every session of the member of staff who has signed out at the provider.

        Somebody who is no member, or is linked no more, has no session here: nothing happens.

        Raises:
            ThrottledError: too many tokens came from this network.
            ProviderAwayError: the provider's keys cannot be had.
            ProviderRefusedError: it is no logout token for us, or has served already.
        """
        async with self._throttle.provider(network):
            gone = await self._provider.logged_out(token)
            await self._throttle.once(f"provider-logout:{self._provider.issuer} {gone.token_id}")
            subject = gone.subject.text()
            owner = await self._index.find_linked(self._provider.issuer, subject)
            if owner is not None and await self._is_linked(owner.subject, subject):
                meta = Metadata.system("signed out at the provider")
                await self._staff.handle(owner.subject, EndStaffSessions(), meta)

    def _kept(self, pending: str, state: str) -> tuple[str, str]:
        """Return nonce and verifier of the sign-in that this browser was led away for."""
        try:
            parts = self._links.read_parts(pending)
        except InvalidLinkError:
            raise ProviderRefusedError from None
        if len(parts) != 3 or not hmac.compare_digest(parts[0].encode(), state.encode()):  # noqa: PLR2004
            raise ProviderRefusedError
        return parts[1], parts[2]

    async def _member(self, vouched: Vouched) -> SubjectId:
        """Return whom the provider's subject belongs to; a first time, by the verified address."""
        issuer, subject = self._provider.issuer, vouched.subject.text()
        owner = await self._index.find_linked(issuer, subject)
        if owner is not None and await self._is_linked(owner.subject, subject):
            return owner.subject
        return await self._link(vouched)

    async def _is_linked(self, staff_id: SubjectId, provider_subject: str) -> bool:
        linked = (await self._staff.member(staff_id)).provider_subject
        return linked is not None and linked.text("") == provider_subject

    async def _link(self, vouched: Vouched) -> SubjectId:
        address = None if vouched.email is None else vouched.email.text()
        owner = None if address is None else await self._index.find_account(address)
        if owner is None or owner.kind != "staff":
            raise NotInvitedError
        subject = vouched.subject.text()
        if not await self._is_linked(owner.subject, subject):
            meta = Metadata(actor=owner.subject, role="staff", correlation_id=new_id())
            command = LinkProvider(vouched.subject, self._clock.now())
            await self._staff.handle(owner.subject, command, meta)
        # Also where a process died between the fact and this row.
        await self._index.link(self._provider.issuer, subject, owner)
        return owner.subject
