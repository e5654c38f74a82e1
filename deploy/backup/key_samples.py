"""Whether a copy of the key store can be used with the key-encryption keys there are now."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, Final

from deploy.backup.refusals import RestoreRefusedError
from shared.database import decoded
from shared.personal import Category
from shared.settings import Settings
from shared.vault import COMPARTMENTS, KeysUnavailableError
from shared.vault.key_id import KeyId
from shared.vault.providers import key_material
from shared.vault.wrapping import KeyEncryption, UnknownVersionError, Wrapped

KEYS: Final = "vault.keys"


class KeySamples:
    """One live key of each category and version of its key-encryption key."""

    def __init__(self) -> None:
        self._samples: dict[tuple[str, str | None], dict[str, Any]] = {}

    def take(self, raw: bytes) -> None:
        """Look at one document of the key store."""
        document = decoded(raw)
        if "wrapped" in document:
            version = document.get("wrapped_under")
            self._samples.setdefault((document["category"], version), document)

    def require_openable(self, settings: Settings) -> None:
        """Return when every sample can be unwrapped by some service of this installation.

        Raises:
            ConfigurationError: the provider of keys cannot be used.
            RestoreRefusedError: one cannot: its key-encryption key was retired since, or is away.
        """
        holders = [key_material(settings, service).encryption for service in COMPARTMENTS]
        try:
            for (category, version), document in self._samples.items():
                wrapped = {KeyId.parse(document["_id"]): Wrapped(document["wrapped"], version)}
                able = [one for one in holders if one.holds(Category(category))]
                if not asyncio.run(_opens(able, wrapped)):
                    under = version or "their first version"
                    raise RestoreRefusedError(
                        f"this copy's keys of {category} are wrapped under {under}, which was "
                        "retired since: keep the live key store (--keep-keys), or name a copy of "
                        "the key store made after the rotation (--keys)"
                    )
        finally:
            for one in holders:
                one.close()


async def _opens(holders: Iterable[KeyEncryption], wrapped: Mapping[KeyId, Wrapped]) -> bool:
    for one in holders:
        try:
            await one.unwrap(wrapped)
        except UnknownVersionError:
            continue
        except KeysUnavailableError as error:
            raise RestoreRefusedError(
                f"whether this copy's keys open cannot be told ({error}): try again once the "
                "key-encryption keys are there, or put those of this installation back"
            ) from error
        return True
    return False
