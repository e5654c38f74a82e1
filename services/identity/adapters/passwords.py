"""Password hashing with argon2id, off the event loop and bounded (C7.2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError, VerifyMismatchError

from services.identity.adapters.common_passwords import common_passwords
from services.identity.adapters.hashing import Hashing
from services.identity.domain.errors import WeakPasswordError
from services.identity.domain.password_policy import normalised, weakness
from services.identity.settings import IdentitySettings

OURS: Final = (Argon2Error, MemoryError, RuntimeError)
"""What argon2 says when a password was not even compared; the last of no thread to be had."""


class HashingFailedError(Exception):
    """No hash could be computed, for want of memory or of a thread."""


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a password was right, and its new hash where the parameters have changed."""

    right: bool
    rehashed: str | None = None


class Passwords:
    """Hashes and verifies passwords; unknown accounts take as long as known ones."""

    def __init__(self, settings: IdentitySettings) -> None:
        self._hasher = PasswordHasher(
            time_cost=settings.argon2_time_cost,
            memory_cost=settings.argon2_memory_kib,
            parallelism=settings.argon2_parallelism,
        )
        self._hashing = Hashing(settings.password_hashes_at_once)
        self._nobodys = self._hasher.hash("nobody's password")
        common_passwords()

    async def choose(self, password: str, own: Iterable[str]) -> str:
        """Return the hash of a new password of the person whose names and addresses are `own`.

        Raises:
            WeakPasswordError: it is too short, too common, or the person's own data.
        """
        found = weakness(password, common_passwords(), own)
        if found is not None:
            raise WeakPasswordError(found)
        return await self.hash(password)

    async def hash(self, password: str) -> str:
        """Return the argon2id hash of `password` in PHC string format.

        Raises:
            HashingFailedError: for a reason of ours.
        """
        try:
            return await self._hashing.run(partial(self._hasher.hash, normalised(password)))
        except OURS as error:
            raise HashingFailedError from error

    async def verify(
        self, password: str, hashed: str | None, *, first: bool = False
    ) -> Verification:
        """Compare `password` with `hashed`; `None` stands for an unknown account.

        `first` goes before whoever else waits for a comparison.

        Raises:
            HashingFailedError: for a reason of ours, whatever the password.
        """
        compare = partial(self._verify, password, hashed or self._nobodys)
        try:
            right = await self._hashing.run(compare, first=first)
        except OURS as error:
            raise HashingFailedError from error
        if not right or hashed is None:
            return Verification(right=False)
        if not self._hasher.check_needs_rehash(hashed):
            return Verification(right=True)
        return Verification(right=True, rehashed=await self.hash(password))

    def _verify(self, password: str, hashed: str) -> bool:
        try:
            return self._hasher.verify(hashed, normalised(password))
        except (VerifyMismatchError, InvalidHashError):
            return False
