"""Use cases of official demands: noted, checked, contested, prepared, handed over, told (C6.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from email_validator import EmailNotValidError

from services.identity.adapters.disclosure_file import disclosure_file
from services.identity.adapters.email_index import EmailIndex, normalised
from services.identity.adapters.support_files import SupportFiles
from services.identity.domain.demand import commands as c
from services.identity.domain.demand.decide import decide
from services.identity.domain.demand.errors import (
    AlteredPartError,
    NoDisclosureError,
    UnapprovedError,
    UnknownDemandError,
)
from services.identity.domain.demand.events import Bans, Basis, DemandEvent, PersonTold
from services.identity.domain.demand.evolve import evolve
from services.identity.domain.demand.state import NO_DEMAND, Demand, Disclosure
from services.identity.domain.support.files import Attachment
from shared.clock import Clock
from shared.command_handler import CommandHandler
from shared.consuming.read_model import ReadModel
from shared.disclosures.part import unpacked
from shared.event_store import ConcurrencyConflictError, EventStore, Metadata
from shared.events.base import SubjectId
from shared.events.demands import DemandAuthority, DemandKind, DemandScope
from shared.packaging import sha256_of
from shared.personal import Category, Erased, Personal
from shared.vault import Vault

STREAM: Final = "demand-"
FOLLOWED: Final = "demands"
ADDRESSES: Final = frozenset({Category.CONTACT, Category.PROSPECT, Category.STAFF})
"""Categories under whose keys an address is sealed."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What the officer notes of a demand; its `repr` shows no person."""

    kind: DemandKind
    authority: DemandAuthority
    basis: Basis
    received_at: datetime
    due_at: datetime | None
    scope: DemandScope
    """Without the persons, who are found first."""
    bans: Bans
    document: Attachment | None


class Demands:
    """Carries out what is asked of official demands."""

    def __init__(
        self,
        store: EventStore,
        clock: Clock,
        index: EmailIndex,
        files: SupportFiles,
        vault: Vault,
        *,
        listed: ReadModel,
        parts: ReadModel,
    ) -> None:
        self._handler: CommandHandler[c.DemandCommand, Demand, DemandEvent] = CommandHandler(
            store, initial=NO_DEMAND, decide=decide, evolve=evolve, grows_long=False
        )
        self._store = store
        self._clock = clock
        self._index = index
        self._files = files
        self._vault = vault
        self._listed = listed
        self._parts = parts

    async def demand(self, demand_id: str) -> Demand:
        """Return the demand as it is now.

        Raises:
            UnknownDemandError: there is no such demand.
        """
        state, _ = await self._handler.state(STREAM + demand_id)
        if not state.demand_id:
            raise UnknownDemandError
        return state

    async def history(self, demand_id: str) -> Sequence[tuple[datetime, str, DemandEvent]]:
        """Return what happened to the demand: when, by whom, what."""
        recorded = await self._store.load(STREAM + demand_id)
        return [(one.at, one.meta.actor, one.event) for one in recorded]  # type: ignore[misc]

    async def register(
        self, demand_id: str, noted: Noted, persons: Sequence[str], meta: Metadata
    ) -> int:
        """Note a demand; return how many of `persons`, addresses or ids, are nobody we know.

        Raises:
            SecrecyDateError: the ban would have ended already.
        """
        found = [await self.find(one) for one in persons]
        known = tuple(dict.fromkeys(one for one in found if one is not None))
        unknown = sum(one is None for one in found)
        subject = SubjectId(demand_id)
        document_id = None
        if noted.document is not None:
            document_id = meta.first_id("document")
            await self._files.keep(document_id, subject, demand_id, noted.document.content)
        command = c.RegisterDemand(
            demand_id=demand_id,
            kind=noted.kind,
            authority=noted.authority,
            basis=noted.basis,
            received_at=noted.received_at,
            due_at=noted.due_at,
            scope=noted.scope.model_copy(update={"persons": known}),
            unknown_persons=unknown,
            bans=noted.bans,
            document_id=document_id,
            document_name=Personal(noted.document.name) if noted.document else None,
            media_type=noted.document.media_type if noted.document else None,
            by=meta.actor,
            at=self._clock.now(),
        )
        await self.handle(demand_id, command, meta)
        return unknown

    async def find(self, named: str) -> str | None:
        """Return the id of whom an address, or an id, names; `None` where we know nobody."""
        if "@" not in named:
            return named if await self._store.load_subject(SubjectId(named)) else None
        try:
            address = normalised(named)
        except EmailNotValidError:
            return None
        owner = await self._index.find_account(address) or await self._index.find_prospect(address)
        return None if owner is None else owner.subject

    async def handle(self, demand_id: str, command: c.DemandCommand, meta: Metadata) -> None:
        """Carry out `command`.

        Raises:
            IdentityError: it cannot be done, and why.
        """
        subject = SubjectId(demand_id)
        await self._handler.handle(STREAM + demand_id, command, subject=subject, meta=meta)

    async def document(self, demand_id: str) -> tuple[bytes, str] | None:
        """Return the authority's document and its media type, `None` where it is gone."""
        state = await self.demand(demand_id)
        if state.document_id is None or state.media_type is None:
            return None
        content = await self._files.content(state.document_id)
        return None if content is None else (content, state.media_type)

    async def contents(self, disclosure: Disclosure) -> dict[str, bytes]:
        """Return what each service composed, checked against the hash it told at the time.

        Raises:
            NoDisclosureError: a part is gone.
            AlteredPartError: a part is not what was composed.
        """
        document = await self._parts.get(disclosure.disclosure_id)
        kept = {} if document is None else document["parts"]
        opened = await self._vault.open_document(kept)
        contents: dict[str, bytes] = {}
        for part in sorted(disclosure.parts, key=lambda one: one.service):
            value = opened.get(part.service)
            text = None if value is None else value.reveal()
            if text is None or isinstance(text, Erased):
                raise NoDisclosureError
            content = unpacked(text)
            if sha256_of(content) != part.sha256:
                raise AlteredPartError
            contents[part.service] = content
        return contents

    async def deliver(self, demand_id: str, disclosure_id: str, meta: Metadata) -> bytes:
        """Return the file to hand over, after recording that it was given: once.

        Raises:
            NoDisclosureError: nothing is prepared, or it is gone.
            UnapprovedError: no second person has agreed to it.
            AlteredPartError: it is not what was approved.
        """
        state = await self.demand(demand_id)
        one = state.disclosure
        if one is None or one.disclosure_id != disclosure_id:
            raise NoDisclosureError
        if one.sha256 is None:
            raise UnapprovedError
        packed = disclosure_file(state, one, await self.contents(one))
        command = c.DeliverDisclosure(
            disclosure_id, sha256_of(packed), by=meta.actor, at=self._clock.now()
        )
        await self.handle(demand_id, command, meta)
        return packed

    async def erased(self, person: str, categories: frozenset[str], meta: Metadata) -> None:
        """Give up whatever is prepared with data of `person` that is being erased."""
        query = {"persons": person, "disclosure_id": {"$ne": None}}
        found = [one async for one in self._listed.each(query)]
        for one in found:
            if categories & set(one["categories"]):
                command = c.EndDisclosure(one["disclosure_id"], "erased", by="system")
                await self.handle(one["_id"], command, meta.for_step(one["_id"]))

    async def follow(self) -> Mapping[str, int]:
        """Remind of terms, let old copies go, tell whom the law permits to tell; return figures."""
        now = self._clock.now()
        found = [one["_id"] async for one in self._listed.each({"look_at": {"$lte": now}})]
        told = 0
        for demand_id in found:
            await self.handle(demand_id, c.FollowDemand(now), Metadata.system(FOLLOWED))
            told += await self.tell(demand_id)
        return {"demands": len(found), "told": told}

    async def tell(self, demand_id: str) -> int:
        """Tell every person of a disclosure once the law permits; return how many were told.

        A stream for each person makes it once, however often this is interrupted. Whose address is
        gone cannot be told: nobody knows any more who that was.
        """
        state = await self.demand(demand_id)
        given = state.given
        if given is None or not state.owes_telling(self._clock.now()):
            return 0
        told: list[str] = []
        unreached: list[str] = []
        for person in given.scope.persons:
            counts = [one for part in given.parts for one in part.disclosed if one.person == person]
            if not counts:
                continue
            if not await self._reachable(person):
                unreached.append(person)
                continue
            fact = PersonTold(
                subject_id=SubjectId(person),
                disclosure_id=given.disclosure_id,
                authority=state.authority,
                article=state.basis.article,
                categories=tuple(sorted({one.category for one in counts})),
                values=sum(one.count for one in counts),
                disclosed_at=state.given_at,
                was_secret=state.was_secret,
            )
            await self._tell(fact)
            told.append(person)
        command = c.NoteTold(tuple(told), tuple(unreached))
        await self.handle(demand_id, command, Metadata.system(FOLLOWED))
        return len(told)

    async def _tell(self, fact: PersonTold) -> None:
        stream = f"told-{fact.disclosure_id}-{fact.subject_id}"
        try:
            meta = Metadata.system(FOLLOWED)
            await self._store.append(stream, 0, [fact], subject=fact.subject_id, meta=meta)
        except ConcurrencyConflictError:
            # An interrupted run has told this person.
            return

    async def _reachable(self, person: str) -> bool:
        return any(key.category in ADDRESSES for key in await self._vault.live_keys(person))
