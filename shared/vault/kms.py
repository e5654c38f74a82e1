"""AWS KMS: key-encryption keys that never leave the service, one for each category.

A data key is bound to its scope by the encryption context. AWS writes that in its audit log, which
is why nothing personal is in it: subject and object are opaque ids.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from shared.personal import Category
from shared.settings import Settings
from shared.vault.compartments import KEY_NAMES, compartment_of, key_name
from shared.vault.key_id import KeyId
from shared.vault.wrapping import (
    KeysUnavailableError,
    UnheldCategoryError,
    UnknownVersionError,
    Wrapped,
)

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

AT_ONCE: Final = 8
"""Most requests under way at a time."""
ATTEMPTS: Final = 4
CONNECT_SECONDS: Final = 3
READ_SECONDS: Final = 5
RETIRING: Final = "/retiring"
"""Follows the alias of a key that is being rotated out."""
GONE: Final = frozenset({"NotFoundException", "DisabledException", "KMSInvalidStateException"})
"""Codes of errors that tell of the state of a key."""

T = TypeVar("T")


class Kms:
    """Requests to KMS, off the event loop; retried by botocore's own means."""

    def __init__(self, settings: Settings) -> None:
        """Make a client; nothing is connected to yet."""
        # Botocore takes long to import, and only this provider needs it.
        import boto3  # noqa: PLC0415
        from botocore.config import Config  # noqa: PLC0415
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        self._failures = (BotoCoreError, ClientError)
        self._client: KMSClient = boto3.client(
            "kms",
            region_name=settings.kms_region,
            endpoint_url=settings.kms_endpoint,
            config=Config(
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                max_pool_connections=AT_ONCE,
                retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            ),
        )
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="kms")
        self._prefix = settings.kms_alias_prefix + settings.namespace
        self.deletion_days = settings.kms_deletion_days

    def alias(self, name: str) -> str:
        """Return the alias of key `name`."""
        return self._prefix + name

    async def ask(self, request: "Callable[[KMSClient], T]") -> T:
        """Carry out `request`.

        Raises:
            UnknownVersionError: the key does not exist, or is disabled or about to be deleted.
            KeysUnavailableError: KMS is away, or refuses.
        """
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, partial(request, self._client))
        except self._failures as error:
            code = _code(error)
            kind = UnknownVersionError if code in GONE else KeysUnavailableError
            raise kind(f"AWS KMS: {code}") from error

    def close(self) -> None:
        """Close every connection."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._client.close()


class KmsEncryption:
    """The key-encryption keys of one service or role in KMS.

    What the process may really use is decided by KMS, by the policies of the keys; the compartment
    here keeps it from asking for the others.
    """

    def __init__(self, kms: Kms, holder: str) -> None:
        self._kms = kms
        self._aliases = {one: kms.alias(key_name(one, holder)) for one in compartment_of(holder)}

    def holds(self, category: Category) -> bool:
        """Whether `category` is in the compartment."""
        return category in self._aliases

    async def wrap(self, keys: Mapping[KeyId, bytes]) -> dict[KeyId, Wrapped]:
        """Wrap `keys`; see `KeyEncryption.wrap`."""
        return await _each(keys, self._wrap)

    async def unwrap(self, wrapped: Mapping[KeyId, Wrapped]) -> dict[KeyId, bytes]:
        """Unwrap `wrapped`; see `KeyEncryption.unwrap`."""
        return await _each(wrapped, self._unwrap)

    def refresh(self) -> None:
        """Nothing is in memory."""

    def close(self) -> None:
        """Close every connection."""
        self._kms.close()

    async def _wrap(self, key_id: KeyId, key: bytes) -> Wrapped:
        alias = self._alias(key_id.category)
        answer = await self._kms.ask(
            lambda kms: kms.encrypt(KeyId=alias, Plaintext=key, EncryptionContext=_context(key_id))
        )
        return Wrapped(answer["CiphertextBlob"], answer["KeyId"])

    async def _unwrap(self, key_id: KeyId, wrapped: Wrapped) -> bytes:
        alias = self._alias(key_id.category)
        answer = await self._kms.ask(
            lambda kms: kms.decrypt(
                KeyId=wrapped.under or alias,
                CiphertextBlob=wrapped.data,
                EncryptionContext=_context(key_id),
            )
        )
        return answer["Plaintext"]

    def _alias(self, category: Category) -> str:
        try:
            return self._aliases[category]
        except KeyError:
            raise UnheldCategoryError(category) from None


class KmsKeys:
    """The key-encryption keys of a whole system in KMS.

    KMS's own rotation keeps all former key material and so opens everything for ever. Here a
    version is a KMS key: the alias goes to a new one, and the old one is deleted. A second alias
    remembers the old one until then.
    """

    def __init__(self, kms: Kms) -> None:
        self._kms = kms

    async def prepare(self) -> None:
        """Create the keys that are missing, with their aliases."""
        await asyncio.gather(*(self._prepare(name) for name in KEY_NAMES))

    def names(self) -> list[str]:
        """Return the names of all key-encryption keys."""
        return sorted(KEY_NAMES)

    async def versions(self, name: str) -> list[str]:
        """Return the keys behind `name`, the oldest first; the last is current."""
        alias = self._kms.alias(name)
        found = [await self._key_behind(alias + RETIRING), await self._key_behind(alias)]
        return list(dict.fromkeys(key for key in found if key is not None))

    async def add_version(self, name: str) -> str:
        """Make a new key for `name` that is current from now on, and return it."""
        alias = self._kms.alias(name)
        old = await self._key_behind(alias)
        new = await self._new_key(name)
        if old is not None:
            await self._point(alias + RETIRING, old)
        await self._point(alias, new)
        return new

    async def rewrap(self, name: str, wrapped: Mapping[KeyId, Wrapped]) -> dict[KeyId, Wrapped]:
        """Return `wrapped`, wrapped under the current key by KMS itself."""
        alias = self._kms.alias(name)

        async def renewed(key_id: KeyId, one: Wrapped) -> Wrapped:
            context = _context(key_id)
            answer = await self._kms.ask(
                lambda kms: kms.re_encrypt(
                    CiphertextBlob=one.data,
                    SourceEncryptionContext=context,
                    DestinationKeyId=alias,
                    DestinationEncryptionContext=context,
                    SourceKeyId=one.under or alias,
                )
            )
            return Wrapped(answer["CiphertextBlob"], answer["KeyId"])

        return await _each(wrapped, renewed)

    async def withdraw(self, version: str, *, undo: bool = False) -> None:
        """Disable the key `version`, or enable it again."""
        key = _key_id(version)
        if undo:
            await self._unless_gone(lambda kms: kms.enable_key(KeyId=key))
        else:
            await self._unless_gone(lambda kms: kms.disable_key(KeyId=key))

    async def destroy(self, name: str, version: str) -> None:
        """Have the key `version` deleted; until then it opens nothing."""
        key, days = _key_id(version), self._kms.deletion_days
        await self._unless_gone(
            lambda kms: kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=days)
        )
        retiring = self._kms.alias(name) + RETIRING
        await self._unless_gone(lambda kms: kms.delete_alias(AliasName=retiring))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let others be: each step is one request, and doing it twice changes nothing."""
        yield

    def close(self) -> None:
        """Close every connection."""
        self._kms.close()

    async def _prepare(self, name: str) -> None:
        alias = self._kms.alias(name)
        if await self._key_behind(alias) is None:
            await self._point(alias, await self._new_key(name))

    async def _key_behind(self, alias: str) -> str | None:
        try:
            answer = await self._kms.ask(lambda kms: kms.describe_key(KeyId=alias))
        except UnknownVersionError:
            return None
        return answer["KeyMetadata"]["Arn"]

    async def _new_key(self, name: str) -> str:
        description = f"carionexiq: wraps data keys of {name}"
        answer = await self._kms.ask(lambda kms: kms.create_key(Description=description))
        return answer["KeyMetadata"]["Arn"]

    async def _point(self, alias: str, key: str) -> None:
        if await self._key_behind(alias) is None:
            await self._kms.ask(lambda kms: kms.create_alias(AliasName=alias, TargetKeyId=key))
        else:
            await self._kms.ask(lambda kms: kms.update_alias(AliasName=alias, TargetKeyId=key))

    async def _unless_gone(self, request: "Callable[[KMSClient], Any]") -> None:
        try:
            await self._kms.ask(request)
        except UnknownVersionError:
            return


async def _each(
    items: Mapping[KeyId, Any], work: Callable[[KeyId, Any], Awaitable[T]]
) -> dict[KeyId, T]:
    done = await asyncio.gather(*(work(key_id, item) for key_id, item in items.items()))
    return dict(zip(items, done, strict=True))


def _context(key_id: KeyId) -> dict[str, str]:
    return {"subject": key_id.subject, "category": str(key_id.category), "object": key_id.object}


def _key_id(arn: str) -> str:
    """Return the id of a key of this account, which looking after it is done by."""
    return arn.rpartition("/")[2]


def _code(error: Exception) -> str:
    """Return what KMS calls the error, or the kind of failure on the way to it."""
    response: dict[str, Any] = getattr(error, "response", {})
    return str(response.get("Error", {}).get("Code") or type(error).__name__)
