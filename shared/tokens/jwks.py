"""Public keys of the issuers as a verifier knows them: cached, and fetched again when needed."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from shared import telemetry
from shared.http.problems import UNAVAILABLE, ProblemError
from shared.settings import ConfigurationError, Settings
from shared.tokens.issuers import GATEWAY, ISSUERS
from shared.tokens.key_file import jwks_file
from shared.tokens.signing_keys import key_id

Source = Callable[[], Awaitable[bytes]]
"""Fetches a key set (RFC 7517); raises `OSError`, `httpx.HTTPError` or `ValueError`."""

FRESH_SECONDS: Final = 30.0
"""After this a set is fetched again, so that keys that were withdrawn are forgotten."""
FETCHED_EVERY_SECONDS: Final = 1.0
"""How often at most an unknown key makes a verifier ask: whoever invents ids costs no more."""
STALE_SECONDS: Final = 300.0
"""How long a set is believed while its source is away."""
LARGEST_BYTES: Final = 64 * 1024
MOST_KEYS: Final = 16

log = telemetry.logger(__name__)


@dataclass(slots=True)
class Held:
    """What is known of one issuer; instants are those of a steady clock, in seconds."""

    keys: Mapping[str, OKPKey] = field(default_factory=dict)
    fetched_at: float = float("-inf")
    asked_at: float = float("-inf")
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class PublicKeys:
    """Finds the public key that a token names."""

    def __init__(
        self, sources: Mapping[str, Source], *, steady: Callable[[], float] | None = None
    ) -> None:
        """Fetch key sets from `sources`, by issuer; `steady` tells seconds that never go back."""
        self._sources = sources
        self._steady = steady or (lambda: asyncio.get_running_loop().time())
        self._held = {issuer: Held() for issuer in sources}

    @classmethod
    def of(cls, settings: Settings, *, steady: Callable[[], float] | None = None) -> "PublicKeys":
        """Return the keys of all issuers, from where `settings` say.

        Raises:
            ConfigurationError: a key set that ought to be in the data folder is not.
        """
        sources: dict[str, Source] = {}
        for issuer in ISSUERS:
            path = jwks_file(settings.secrets_dir, issuer)
            if issuer == GATEWAY and settings.gateway_keys_url is not None:
                sources[issuer] = from_url(settings.gateway_keys_url)
                continue
            try:
                keys_of(issuer, path.read_bytes())
            except (OSError, ValueError) as error:
                raise ConfigurationError(
                    f"CARIONEXIQ_DATA_DIR: no usable token keys at {path}"
                ) from error
            sources[issuer] = from_file(path)
        return cls(sources, steady=steady)

    async def find(self, issuer: str, kid: str) -> OKPKey | None:
        """Return the key `kid` of `issuer`, or `None` where it has no such key.

        Raises:
            ProblemError: the keys cannot be fetched (503).
        """
        held = self._held.get(issuer)
        if held is None:
            return None
        if kid not in held.keys or self._age(held) >= FRESH_SECONDS:
            await self._fetch(issuer, held)
        if self._age(held) >= STALE_SECONDS:
            raise ProblemError(UNAVAILABLE)
        return held.keys.get(kid)

    async def _fetch(self, issuer: str, held: Held) -> None:
        """Ask for the set once, however many requests want it, and not too often."""
        async with held.lock:
            if self._steady() - held.asked_at < FETCHED_EVERY_SECONDS:
                return
            try:
                held.keys = keys_of(issuer, await self._sources[issuer]())
                held.fetched_at = self._steady()
            except (OSError, httpx.HTTPError, ValueError) as error:
                log.warning("token keys not fetched", issuer=issuer, error=type(error).__name__)
            finally:
                held.asked_at = self._steady()

    def _age(self, held: Held) -> float:
        return self._steady() - held.fetched_at


def keys_of(issuer: str, content: bytes) -> Mapping[str, OKPKey]:
    """Return the keys in a key set by their ids; what is not a signing key of `issuer` is left out.

    Raises:
        ValueError: it is no key set.
    """
    if len(content) > LARGEST_BYTES:
        raise ValueError("too large for a key set")
    found = json.loads(content)
    rows = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(rows, list):
        raise ValueError("not a key set")  # noqa: TRY004 - its shape, not its type
    known = {}
    for row in rows[:MOST_KEYS]:
        key = _public_key(row)
        if key is not None:
            known[key_id(issuer, key)] = key
    return known


def _public_key(row: Any) -> OKPKey | None:
    """Return the Ed25519 key in `row`, read from its public part alone."""
    if not isinstance(row, dict) or (row.get("kty"), row.get("crv")) != ("OKP", "Ed25519"):
        return None
    try:
        return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": row["x"]})
    except (KeyError, TypeError, ValueError, JoseError):
        return None


def from_file(path: Path) -> Source:
    """Return what reads a key set in the data folder."""

    async def read() -> bytes:
        return path.read_bytes()  # noqa: ASYNC240 - a few hundred bytes, at most once a second

    return read


def from_url(url: str, transport: httpx.AsyncBaseTransport | None = None) -> Source:
    """Return what fetches a key set over HTTP."""

    async def fetch() -> bytes:
        async with httpx.AsyncClient(timeout=2, trust_env=False, transport=transport) as client:
            answer = await client.get(url)
            answer.raise_for_status()
            return answer.content

    return fetch
