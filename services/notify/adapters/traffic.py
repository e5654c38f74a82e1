"""Who may go next: every domain has lanes and a rate of its own, so that none holds up another."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml
from aiolimiter import AsyncLimiter
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.notify.domain.errors import BusyError, DeliveryError
from shared.events.base import Identifier
from shared.settings import ConfigurationError
from shared.yaml_text import parsed

FILE: Final = Path(__file__).parent.parent / "providers.yaml"
OTHER: Final = "other"
MINUTE: Final = 60.0
FIRST_PAUSE: Final = 15.0
LONGEST_PAUSE: Final = 15 * MINUTE
LANES_KEPT: Final = 10_000
BUSY_SECONDS: Final = 5.0


class Provider(BaseModel):
    """Domains whose mailboxes one provider runs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    domains: tuple[str, ...]
    per_minute: int = Field(ge=1)


class Providers(BaseModel):
    """The rates, as data."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    per_minute: int = Field(ge=1)
    providers: Mapping[Identifier, Provider]

    def by_domain(self) -> dict[str, str]:
        """Return the provider of each domain that has one."""
        return {domain: name for name, one in self.providers.items() for domain in one.domains}


def load_providers(file: Path = FILE) -> Providers:
    """Read and check the rates.

    Raises:
        ConfigurationError: the file is missing or wrong; one line.
    """
    try:
        return Providers.model_validate(parsed(file.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise ConfigurationError(f"{file.name}: {type(error).__name__}") from error


@dataclass(slots=True)
class Lane:
    """What goes to one domain, or to the domains of one provider."""

    rate: AsyncLimiter
    at_work: int = 0
    failures: int = 0
    """Since something was last taken there."""
    paused_until: float = 0.0
    promised_until: float = 0.0
    """Up to when places have been given to messages that came when the rate was used up."""

    def next_place(self, now: float) -> float:
        """Return in how many seconds a message has a place of its own in the rate."""
        self.promised_until = max(self.promised_until, now) + 1 / self.rate.max_rate
        return min(self.promised_until - now, LONGEST_PAUSE)


class Traffic:
    """Lets a message go or says when to ask again; nobody waits here."""

    def __init__(self, providers: Providers, connections: int) -> None:
        self._providers = providers
        self._provider_of = providers.by_domain()
        self._connections = connections
        self._each = max(1, connections // 2)
        """Of the connections, what one domain may take: a slow one leaves the others room."""
        self._patient = max(1, connections - 2)
        """What classes that may wait can take together: the others find a connection free."""
        self._at_work = 0
        self._lanes: dict[str, Lane] = {}

    @asynccontextmanager
    async def turn(self, domain: str, *, may_wait: bool) -> AsyncIterator[None]:
        """Hand one message over within the context.

        Raises:
            BusyError: it is not its turn.
        """
        now = asyncio.get_running_loop().time()
        lane = self._lane(domain)
        if lane.paused_until > now:
            raise BusyError(lane.paused_until - now)
        crowded = may_wait and self._at_work >= self._patient
        if crowded or lane.at_work >= self._each:
            raise BusyError(BUSY_SECONDS)
        if not lane.rate.has_capacity():
            raise BusyError(lane.next_place(now))
        await lane.rate.acquire()
        lane.at_work += 1
        self._at_work += 1
        try:
            yield
        except DeliveryError as error:
            if error.of_domain:
                lane.failures += 1
                wait = min(FIRST_PAUSE * 2.0 ** (lane.failures - 1), LONGEST_PAUSE)
                lane.paused_until = asyncio.get_running_loop().time() + wait
            raise
        else:
            lane.failures = 0
        finally:
            lane.at_work -= 1
            self._at_work -= 1

    def name_of(self, domain: str) -> str:
        """Return the provider of `domain`, `other` for a domain that may be a person's own."""
        return self._provider_of.get(domain, OTHER)

    def paused(self) -> Counter[str]:
        """Return how many domains are left alone for now, by provider."""
        now = asyncio.get_running_loop().time()
        return Counter(
            name if name in self._providers.providers else OTHER
            for name, lane in self._lanes.items()
            if lane.paused_until > now
        )

    def _lane(self, domain: str) -> Lane:
        name = self._provider_of.get(domain, domain)
        lane = self._lanes.get(name)
        if lane is None:
            if len(self._lanes) >= LANES_KEPT:
                self._forget_idle()
            known = self._providers.providers.get(name)
            per_minute = known.per_minute if known else self._providers.per_minute
            lane = self._lanes[name] = Lane(AsyncLimiter(max(1, per_minute / MINUTE), 1.0))
        return lane

    def _forget_idle(self) -> None:
        now = asyncio.get_running_loop().time()
        self._lanes = {
            name: lane
            for name, lane in self._lanes.items()
            if lane.at_work or lane.paused_until > now
        }
