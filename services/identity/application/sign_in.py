"""Signing in: the right password, then a second factor, then a fact (C7.3).

A sign-in goes through states: the password is right; where the account has authenticators, a
pending sign-in waits for one of them, minutes long and no session; then it is recorded. A passkey,
which verifies its user, is two factors by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.identity.adapters.ceremonies import Ceremonies, CeremonyOverError
from services.identity.adapters.devices import Devices
from services.identity.adapters.email_index import EmailIndex, Owner
from services.identity.adapters.failed_sign_ins import FailedSignIns
from services.identity.application.admission import Admission
from services.identity.application.known_password import KnownPassword, WrongCredentialsError
from services.identity.application.sign_in_record import (
    Origin,
    SignedInPrincipal,
    SignInRecorder,
)
from services.identity.application.strong_authentication import (
    Account,
    StrongAuthentication,
    kinds,
)
from services.identity.application.throttle import Throttle
from shared.events.base import SubjectId


class SignInOverError(Exception):
    """The pending sign-in is over, has served, or the password has changed meanwhile."""


@dataclass(frozen=True, slots=True)
class PendingSignIn:
    """The password was right; an authenticator is asked for until `until`."""

    pending: str
    """What the browser keeps meanwhile."""
    until: datetime
    factors: list[str]
    """`totp`, `passkey`, `recovery_code`: by what it can be completed."""


SignIns = SignedInPrincipal | PendingSignIn


class SignIn:
    """Leads from a password, or a passkey, to a recorded sign-in."""

    def __init__(  # noqa: PLR0913 - one argument a collaborator
        self,
        index: EmailIndex,
        password: KnownPassword,
        strong: StrongAuthentication,
        ceremonies: Ceremonies,
        recorder: SignInRecorder,
        throttle: Throttle,
        devices: Devices,
        *,
        admission: Admission,
        failures: FailedSignIns,
    ) -> None:
        self._index = index
        self._password = password
        self._strong = strong
        self._ceremonies = ceremonies
        self._recorder = recorder
        self._throttle = throttle
        self._devices = devices
        self._admission = admission
        self._failures = failures

    async def sign_in(self, email: str, password: str, origin: Origin) -> SignIns:
        """Sign in whoever `email` and `password` belong to, or ask for an authenticator.

        Args:
            email: the address typed.
            password: the password typed.
            origin: where the attempt comes from.

        Raises:
            SignInsBusyError: too many others are signing in, from devices that no account knows.
            ThrottledError: too much was tried; it can be tried again later.
            WrongCredentialsError: they belong to nobody.
            IdentityError: the password is right, but the account may not be used.
        """
        if origin.device is None:
            with self._admission.admitted():
                owner = await self._index.find_account(email)
                return await self._attempt(owner, email, password, origin, None)
        owner = await self._index.find_account(email)
        known = None if owner is None else self._devices.known(origin.device, owner.subject)
        if known is not None:
            return await self._attempt(owner, email, password, origin, known)
        with self._admission.admitted():
            return await self._attempt(owner, email, password, origin, None)

    async def pending(self, token: str) -> PendingSignIn:
        """Return what a pending sign-in waits for.

        Raises:
            SignInOverError: it is over.
        """
        subject, until = await self._pending(token)
        return PendingSignIn(token, until, kinds(await self._strong.of(subject)))

    async def right_password(self, token: str) -> SubjectId:
        """Return whose right password the pending sign-in `token` stands for.

        Raises:
            SignInOverError: it is over.
        """
        return (await self._pending(token))[0]

    async def complete(self, token: str, code: str, origin: Origin) -> SignedInPrincipal:
        """Complete a pending sign-in by a code of an app or a recovery code.

        Raises:
            SignInOverError: the password has to be given again.
            ThrottledError: too many codes were tried.
            WrongCodeError: the code is none of this account's.
            CodeSpentError: it has served already.
            IdentityError: the account may no longer be used.
        """
        subject, _ = await self._pending(token)
        holder = await self._password.holder_of(subject)
        await self._strong.use_code(Account(subject, holder), code)
        try:
            await self._ceremonies.take(token, "sign-in")
        except CeremonyOverError as error:
            raise SignInOverError from error
        return await self._recorder.record(subject, origin, strong=True)

    async def sign_in_with_passkey(
        self, ceremony: str, credential: Mapping[str, Any], origin: Origin
    ) -> SignedInPrincipal:
        """Sign in whoever's passkey signed the challenge; it verified its user.

        Raises:
            CeremonyOverError: the challenge has served or is too old.
            WrongPasskeyError: no passkey of an account signed it.
            IdentityError: the account may not be used.
        """
        subject = await self._strong.use_passkey("passkey-sign-in", ceremony, credential)
        return await self._recorder.record(subject, origin, strong=True)

    async def _attempt(
        self,
        owner: Owner | None,
        email: str,
        password: str,
        origin: Origin,
        device: str | None,
    ) -> SignIns:
        subject = None if owner is None else owner.subject
        address = origin.ip_address.text()
        try:
            async with self._throttle.sign_in(email, address, subject, device):
                return await self._sign_in(owner, email, password, origin, first=device is not None)
        except WrongCredentialsError:
            await self._failures.note(email, address)
            raise

    async def _sign_in(
        self, owner: Owner | None, email: str, password: str, origin: Origin, *, first: bool
    ) -> SignIns:
        subject = await self._password.check(owner, email, password, first=first)
        authenticators = await self._strong.of(subject)
        if not authenticators.enrolled:
            return await self._recorder.record(subject, origin, strong=False)
        mark = await self._password.mark(subject)
        token, until = await self._ceremonies.begin("sign-in", subject, mark=mark)
        return PendingSignIn(token, until, kinds(authenticators))

    async def _pending(self, token: str) -> tuple[SubjectId, datetime]:
        try:
            begun = await self._ceremonies.find(token, "sign-in")
        except CeremonyOverError as error:
            raise SignInOverError from error
        if begun.subject is None or begun.mark != await self._password.mark(begun.subject):
            raise SignInOverError
        return begun.subject, begun.until
