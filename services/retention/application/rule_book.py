"""The rule sets the system keeps: which one is in force right now, and what it was before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.retention.domain.errors import RuleSetError, RuleSetNotFoundError, RulesInForceError
from services.retention.domain.ruleset.adoption import (
    Adopted,
    AdoptVersion,
    InForce,
    RuleSetKept,
    VersionAdopted,
    decide,
    evolve,
)
from services.retention.domain.ruleset.model import RuleSet
from services.retention.domain.ruleset.parse import digest_of, parse_rule_set
from shared import telemetry
from shared.clock import Clock
from shared.command_handler import CommandHandler
from shared.event_store import ConcurrencyConflictError, EventStore, Metadata
from shared.events.base import SubjectId

STREAM: Final = "ruleset"
TEXT: Final = "ruleset-"
SUBJECT: Final = SubjectId("ruleset")

log = telemetry.logger(__name__)


@dataclass(frozen=True, slots=True)
class Source:
    """A rule set as text."""

    text: str
    file: str
    """Name that mistakes are told by."""


@dataclass(frozen=True, slots=True)
class Adoption:
    """One adoption, with what was in force before it."""

    version: str
    digest: str
    at: datetime
    by: str
    confirmed_by: str | None
    """The second person; `None` where there was none."""
    reason: str
    goes_at_once: int
    previous: str | None
    """Digest of the rule set it replaced; `None` for the first."""
    again: bool
    """Whether this very text had been in force before."""


class RuleBook:
    """Knows the rule set in force, as the stream of adoptions tells it at the moment of asking."""

    def __init__(self, store: EventStore, clock: Clock, shipped: Source) -> None:
        """Keep rule sets in `store`; `shipped` is the one that came with this release.

        Raises:
            RuleSetError: what is shipped is no rule set.
        """
        self._store = store
        self._clock = clock
        self._source = shipped
        self.shipped: Final = parse_rule_set(shipped.text, shipped.file)
        self._known: dict[str, RuleSet] = {self.shipped.digest: self.shipped}
        self._version = 0
        self._digest = ""
        self._handler: CommandHandler[AdoptVersion, Adopted, VersionAdopted] = CommandHandler(
            store, initial=Adopted(), decide=decide, evolve=evolve, grows_long=False
        )

    async def prepare(self) -> None:
        """Bring what is shipped into force at the very first start, and never again by itself.

        One exception, recorded as such: what is in force cannot be used by this release.
        """
        await self.keep(self._source, Metadata.system("shipped with this release"))
        state, _ = await self._handler.state(STREAM)
        try:
            if state.digest:
                await self.rule_set(state.digest)
                return
            why = "first start"
        except (RuleSetNotFoundError, RuleSetError) as error:
            first = str(error).partition("\n")[0] or "its text was not kept"
            why = f"{state.version} does not fit this release: {first}"[:500]
            log.warning("the rule set in force cannot be used", version=state.version)
        await self._adopt_shipped(why)

    async def _adopt_shipped(self, why: str) -> None:
        rules = self.shipped
        command = AdoptVersion(rules.version, rules.digest, self._clock.now(), reason=why)
        try:
            await self._handle(command, Metadata.system("adopted at the start"))
        except RulesInForceError:
            log.info("another replica has adopted what is shipped", version=rules.version)

    async def current(self) -> RuleSet:
        """Return the rule set in force now: an adoption counts from its commit on, everywhere."""
        return (await self.in_force()).rules

    async def in_force(self) -> InForce:
        """Return the rule set in force now with the number of its adoption."""
        tail = await self._store.load_tail(STREAM, after=self._version)
        for record in tail.events:
            if isinstance(record.event, VersionAdopted) and record.version > self._version:
                self._version, self._digest = record.version, record.event.digest
        adoption, digest = self._version, self._digest
        return InForce(self._known.get(digest) or await self.rule_set(digest), adoption)

    async def rule_set(self, digest: str) -> RuleSet:
        """Return the rule set kept under `digest`.

        Raises:
            RuleSetNotFoundError: none is.
            RuleSetError: this release cannot use it.
        """
        known = self._known.get(digest)
        if known is None:
            known = self.read(await self.source(digest))
        return known

    async def source(self, digest: str) -> Source:
        """Return the text kept under `digest`.

        Raises:
            RuleSetNotFoundError: none is.
        """
        for record in await self._store.load(TEXT + digest):
            if isinstance(record.event, RuleSetKept):
                return Source(record.event.yaml, record.event.file)
        raise RuleSetNotFoundError

    def read(self, source: Source) -> RuleSet:
        """Return the rule set that a text describes, read once.

        Raises:
            RuleSetError: it is none, or breaks a promise or the law.
        """
        digest = digest_of(source.text)
        if digest not in self._known:
            self._known[digest] = parse_rule_set(source.text, source.file)
        return self._known[digest]

    async def keep(self, source: Source, meta: Metadata) -> RuleSet:
        """Keep a text under its digest, once, and return the rule set it describes.

        Raises:
            RuleSetError: it is none, or breaks a promise or the law.
        """
        rules = self.read(source)
        kept = RuleSetKept(
            digest=rules.digest, version=rules.version, file=source.file, yaml=source.text
        )
        try:
            await self._store.append(TEXT + rules.digest, 0, [kept], subject=SUBJECT, meta=meta)
        except ConcurrencyConflictError:
            log.info("the rule set is kept already", version=rules.version)
        return rules

    async def state(self) -> Adopted:
        """Return which version is in force and which ones have been."""
        return (await self._handler.state(STREAM))[0]

    async def offered(self) -> RuleSet | None:
        """Return what is shipped when it has never been in force: to be adopted by somebody."""
        adopted = (await self.state()).adopted.values()
        return None if self.shipped.digest in adopted else self.shipped

    async def carried_out(self, meta: Metadata) -> bool:
        """Tell whether the request of `meta` has been carried out before."""
        return await self._store.earlier(meta) is not None

    async def adopt(self, command: AdoptVersion, meta: Metadata) -> None:
        """Bring a kept rule set into force, effective with the commit.

        Raises:
            RetentionError: as `domain.ruleset.adoption.decide` says.
        """
        await self._handle(command, meta)

    async def adoptions(self) -> Sequence[Adoption]:
        """Return every adoption, the first one first."""
        found: list[Adoption] = []
        for record in await self._store.load(STREAM):
            event = record.event
            if isinstance(event, VersionAdopted):
                found.append(
                    Adoption(
                        version=event.version,
                        digest=event.digest,
                        at=event.adopted_at,
                        by=event.adopted_by,
                        confirmed_by=event.confirmed_by,
                        reason=event.reason,
                        goes_at_once=event.goes_at_once,
                        previous=found[-1].digest if found else None,
                        again=any(one.digest == event.digest for one in found),
                    )
                )
        return found

    async def _handle(self, command: AdoptVersion, meta: Metadata) -> None:
        await self._handler.handle(STREAM, command, subject=SUBJECT, meta=meta)
