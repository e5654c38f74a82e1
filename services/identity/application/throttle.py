"""Which attempts are counted under which keys, and how many there may be (ASVS 6.1.1)."""

from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import timedelta
from typing import Final

from services.identity.adapters.email_index import normalised
from services.identity.adapters.passwords import HashingFailedError
from services.identity.adapters.throttle_store import (
    Key,
    ThrottledError,
    ThrottleStore,
    network_of,
)
from services.identity.domain.throttling import Budget
from shared.database import PyMongoError
from shared.events.base import SubjectId
from shared.vault import KeysUnavailableError

SECOND: Final = timedelta(seconds=1)
MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)

SIGN_IN_ACCOUNT: Final = Budget(5, 5 * SECOND, 5 * MINUTE, DAY)
"""Guesses at one account from devices that it does not know: some 300 a day."""
SIGN_IN_DEVICE: Final = Budget(10, 2 * SECOND, MINUTE, HOUR)
"""Of a device that the account was signed in on: its owner's, who mistypes."""
SIGN_IN_NETWORK: Final = Budget(100, SECOND, MINUTE, HOUR)
"""Of everybody in one network, wide enough for a company behind one address."""
LETTERS_ADDRESS: Final = Budget(5, MINUTE, 15 * MINUTE, DAY)
"""Letters that anybody can have sent to one address."""
RECOVERY_NETWORK: Final = Budget(30, 5 * SECOND, 2 * MINUTE, HOUR)
REGISTRATION_NETWORK: Final = Budget(60, 2 * SECOND, 2 * MINUTE, HOUR)
CONTACT_ADDRESS: Final = Budget(10, MINUTE, 15 * MINUTE, DAY)
"""Messages in the name of one address: each has an acknowledgement sent to it."""
CONTACT_NETWORK: Final = Budget(20, 5 * SECOND, 5 * MINUTE, HOUR)
PROVIDER_NETWORK: Final = Budget(60, 2 * SECOND, MINUTE, HOUR)
"""Ways to the external provider and back: what makes us ask it."""
PRESENT_PASSWORD: Final = Budget(5, 5 * SECOND, 5 * MINUTE, DAY)
"""Guesses at the present password by who sits at an open session."""
SECOND_FACTOR: Final = Budget(5, 5 * SECOND, 5 * MINUTE, DAY)
"""Guesses at a code by who knows the password: three of a million are right at any time."""
ONCE: Final = Budget(1, DAY, DAY, DAY)
"""What serves once."""
PASSKEY_NETWORK: Final = Budget(100, SECOND, MINUTE, HOUR)
"""Challenges for passkeys that anybody in one network asks for."""


OURS: Final = (PyMongoError, KeysUnavailableError, HashingFailedError)
"""What fails for a reason of ours: it counts against nobody."""
OWED: Final = 1_000
"""Attempts that a process remembers to give back while the database is away."""


class AlreadyServedError(Exception):
    """What was to serve once was given again."""


class Throttle:
    """Counts what is tried, before it is done."""

    def __init__(self, store: ThrottleStore) -> None:
        self._store = store
        self._owed: deque[Sequence[Key]] = deque(maxlen=OWED)

    @asynccontextmanager
    async def sign_in(
        self, email: str, address: str, subject: SubjectId | None, device: str | None
    ) -> AsyncIterator[None]:
        """Count a sign-in; leaving the block without an exception makes it a rightful one.

        Args:
            email: the address that was typed, whether or not it has an account.
            address: the network address it comes from.
            subject: whose account it is, if anybody's.
            device: a device that this account knows, whose attempts are counted apart.

        Raises:
            ThrottledError: it has to wait.
        """
        shared: Sequence[Key] = ()
        if subject is not None and device is not None:
            own = Key(f"sign-in:device:{subject}:{device}", SIGN_IN_DEVICE)
        else:
            own = Key(f"sign-in:account:{normalised(email)}", SIGN_IN_ACCOUNT)
            shared = _network("sign-in", address, SIGN_IN_NETWORK)
        async with self._counted((*shared, own)):
            yield
            await self._store.forget([own])
            await self._store.give_back(shared)

    def recovery(self, email: str, address: str) -> AbstractAsyncContextManager[None]:
        """Count a request for a recovery link.

        Raises:
            ThrottledError: it has to wait.
        """
        return self._letters("recovery", email, address, RECOVERY_NETWORK)

    def registration(self, email: str, address: str) -> AbstractAsyncContextManager[None]:
        """Count a registration.

        Raises:
            ThrottledError: it has to wait.
        """
        return self._letters("registration", email, address, REGISTRATION_NETWORK)

    def contact(self, email: str, address: str) -> AbstractAsyncContextManager[None]:
        """Count a message of the contact form: what holds spam back, and asks nobody else.

        Raises:
            ThrottledError: it has to wait.
        """
        return self._letters("contact", email, address, CONTACT_NETWORK, CONTACT_ADDRESS)

    @asynccontextmanager
    async def provider(self, address: str) -> AsyncIterator[None]:
        """Count a way to the external provider, or back; what went well is given back.

        Raises:
            ThrottledError: it has to wait.
        """
        keys = _network("provider", address, PROVIDER_NETWORK)
        async with self._counted(keys):
            yield
            await self._store.give_back(keys)

    @asynccontextmanager
    async def present_password(self, subject: SubjectId) -> AsyncIterator[None]:
        """Count a check of the present password by who is signed in, as `sign_in` does.

        Raises:
            ThrottledError: it has to wait.
        """
        async with self._of_account(Key(f"password:account:{subject}", PRESENT_PASSWORD)):
            yield

    @asynccontextmanager
    async def second_factor(self, subject: SubjectId) -> AsyncIterator[None]:
        """Count a code given for an account, as `sign_in` does.

        Raises:
            ThrottledError: it has to wait.
        """
        async with self._of_account(Key(f"second-factor:account:{subject}", SECOND_FACTOR)):
            yield

    async def once(self, name: str) -> None:
        """Let what is called `name` pass a first time and never again within a day.

        Raises:
            AlreadyServedError: it has.
        """
        try:
            await self._store.spend([Key(name, ONCE)])
        except ThrottledError as error:
            raise AlreadyServedError from error

    async def passkey_challenge(self, address: str) -> None:
        """Count a challenge that anybody asks for from `address`.

        Raises:
            ThrottledError: it has to wait.
        """
        await self._store.spend(_network("passkey", address, PASSKEY_NETWORK))

    @asynccontextmanager
    async def _of_account(self, key: Key) -> AsyncIterator[None]:
        async with self._counted([key]):
            yield
            await self._store.forget([key])

    @asynccontextmanager
    async def _letters(
        self,
        act: str,
        email: str,
        address: str,
        network: Budget,
        letters_address: Budget = LETTERS_ADDRESS,
    ) -> AsyncIterator[None]:
        """Count what has a letter sent to `email`, asked for from `address`."""
        letters = Key(f"{act}:address:{normalised(email)}", letters_address)
        keys = (*_network(act, address, network), letters)
        async with self._counted(keys):
            yield

    @asynccontextmanager
    async def _counted(self, keys: Sequence[Key]) -> AsyncIterator[None]:
        """Count an attempt, and give it back where it fails for a reason of ours."""
        await self._settle()
        await self._store.spend(keys)
        try:
            yield
        except OURS:
            self._owed.append(keys)
            # The database may be away still: the next attempt settles what is owed.
            with suppress(PyMongoError):
                await self._settle()
            raise

    async def _settle(self) -> None:
        """Give back what could not be given back before."""
        while self._owed:
            keys = self._owed.popleft()
            try:
                await self._store.give_back(keys)
            except PyMongoError:
                self._owed.appendleft(keys)
                raise


def _network(act: str, address: str, budget: Budget) -> Sequence[Key]:
    """Return the key of the network; none for callers inside the system, who have no address."""
    network = network_of(address)
    return () if network is None else (Key(f"{act}:network:{network}", budget),)
