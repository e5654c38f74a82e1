"""Searching all stores of a service for what cases have erased: many cases in one pass."""

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from shared import telemetry
from shared.consuming.envelope import Envelope
from shared.database import Database, Document
from shared.event_store import EventStore, Metadata
from shared.events.base import SubjectId
from shared.events.erasure import Found, Searched, StoresSearched
from shared.events.retention import VerificationOrdered
from shared.for_each import for_each
from shared.personal import Category, Sealed
from shared.searching.canaries import Canaries, CanaryStore
from shared.searching.fingerprints import Fingerprints
from shared.searching.places import Place, Sent
from shared.vault import KeyId, Vault

if TYPE_CHECKING:
    from shared.searching.searcher import Searcher

COLLECTION: Final = "verifications"
AT_ONCE: Final = 250_000
"""Fingerprints searched for in one pass; cases beyond wait for the next."""
SHARE: Final = 3
"""A search is followed by a rest so many times as long, so that it never takes the machine."""
REPORTS_AT_ONCE: Final = 32
GATHER_SECONDS: Final = 0.1
"""How long the first case waits for those that were ordered together with it."""
RETRY_SECONDS: Final = 1.0

log = telemetry.logger(__name__)


@dataclass(slots=True)
class Waiting:
    """A case whose verification was ordered."""

    case_id: str
    subject: str
    round: int
    scopes: frozenset[KeyId]
    causation: Document
    canaries: Sequence[Canaries] = ()
    found: Counter[tuple[str, str]] = field(default_factory=Counter)
    attempts: int = 0

    @property
    def size(self) -> int:
        """How many fingerprints there are."""
        return sum(len(one.prints.marks) for one in self.canaries)


class Verifier:
    """Carries out orders to verify in one service.

    An order is noted durably and searched for later, so that many share a pass and none is lost.
    """

    def __init__(
        self,
        service: str,
        database: Database,
        store: EventStore,
        vault: Vault,
        canaries: CanaryStore,
        places: Sequence[Place],
        *,
        every: float,
    ) -> None:
        """Search `places`, at most once in `every` seconds."""
        self._service = service
        self._orders = database.collection(COLLECTION)
        self._store = store
        self._vault = vault
        self._canaries = canaries
        self.places = places
        self._every = every
        self._ordered = asyncio.Event()
        self._searching = False
        self.passes = 0
        """Searches of all stores since the start."""

    @property
    def busy(self) -> bool:
        """Whether cases wait to be searched for."""
        return self._searching or self._ordered.is_set()

    async def order(self, envelope: Envelope) -> None:
        """Note an order; where it was carried out before, what was found then is sent once more."""
        order = envelope.data
        if not isinstance(order, VerificationOrdered):
            raise TypeError(envelope.type)
        stream, command = _names(order.case_id, order.round)
        if await self._store.earlier(Metadata.system("search", command_id=command)) is not None:
            await self._store.announce_again(stream)
            return
        await self._orders.update_one(
            {"_id": order.case_id},
            {
                "$set": {
                    "subject": order.subject_id,
                    "round": order.round,
                    "scopes": [[str(one.category), one.object] for one in order.scopes],
                    "causation": {"event": envelope.id, "correlation": envelope.correlation_id},
                }
            },
            upsert=True,
        )
        self._ordered.set()

    async def run(self) -> None:
        """Search whenever cases wait, until cancelled."""
        # What waited when the process ended waits still.
        self._ordered.set()
        while True:
            await self._ordered.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self._searching = True
            self._ordered.clear()
            began = time.monotonic()
            try:
                searched = await self.search()
                if await self._orders.find_one({}, {"_id": 1}) is not None:
                    self._ordered.set()
            except Exception:
                log.exception("a search for erased values failed and is repeated")
                self._ordered.set()
                await asyncio.sleep(RETRY_SECONDS)
                continue
            finally:
                self._searching = False
            if searched and self._every:
                took = time.monotonic() - began
                await asyncio.sleep(max(self._every - took, took * SHARE))

    async def search(self) -> bool:
        """Search once for as many cases as fit; tell whether any were waiting."""
        waiting = await self._taken()
        if not waiting:
            return False
        began = time.monotonic()
        searched = await self._passed(waiting)
        self.passes += 1
        await for_each(waiting, lambda case: self._report(case, searched), at_once=REPORTS_AT_ONCE)
        log.info(
            "searched for erased values",
            cases=len(waiting),
            found=sum(bool(case.found) for case in waiting),
            seconds=round(time.monotonic() - began, 3),
            **searched,
        )
        return True

    async def _taken(self) -> list[Waiting]:
        taken: list[Waiting] = []
        size = 0
        async for batch in _batches(self._orders.find().sort("_id", 1)):
            canaries = await self._canaries.of([document["_id"] for document in batch])
            for document in batch:
                case = _waiting(document, canaries[document["_id"]])
                if taken and size + case.size > AT_ONCE:
                    return taken
                taken.append(case)
                size += case.size
        return taken

    async def _passed(self, waiting: Sequence[Waiting]) -> Counter[str]:
        """Look at everything once for all of `waiting`; return how much there was."""
        sought = [(case, one.prints) for case in waiting for one in case.canaries]
        concerned: dict[str, list[Waiting]] = defaultdict(list)
        for case in waiting:
            concerned[case.subject].append(case)
        subjects = list(concerned)
        # numpy comes with it: a service that has nothing to search for starts without.
        from shared.searching.searcher import Searcher  # noqa: PLC0415

        searcher = await asyncio.to_thread(Searcher, [prints for _, prints in sought], subjects)
        searched: Counter[str] = Counter()
        for place in self.places:
            async for chunk in place.chunks():
                searched[chunk.kind] += len(chunk.pieces) if chunk.whole is None else chunk.whole
                searched["bytes"] += sum(map(len, chunk.pieces))
                matches = await asyncio.to_thread(searcher.search, chunk.pieces)
                plain = {
                    (sought[match.owner][0].case_id, match.piece): sought[match.owner][0]
                    for match in matches
                    if match.owner < len(sought) and (match.sure or chunk.sent is None)
                }
                if plain and chunk.sent is not None:
                    await self._spare_own(plain, chunk.sent, searcher, sought)
                for case in plain.values():
                    case.found[chunk.place, "plain"] += 1
                if chunk.sealed is not None:
                    about = {m.piece for m in matches if m.owner >= len(sought)}
                    sealed = [one for piece in about for one in chunk.sealed(chunk.pieces[piece])]
                    await self._try(sealed, concerned, chunk.place)
        return searched

    @staticmethod
    async def _spare_own(
        plain: dict[tuple[str, int], Waiting],
        sent: Sent,
        searcher: "Searcher",
        sought: Sequence[tuple[Waiting, Fingerprints]],
    ) -> None:
        """Leave out of `plain` what somebody's texts were found in who was sent it."""
        for match in await asyncio.to_thread(searcher.search, sent.addresses):
            if match.owner < len(sought):
                plain.pop((sought[match.owner][0].case_id, match.piece), None)
        for (case_id, piece), case in list(plain.items()):
            if sent.subjects[piece] == case.subject:
                del plain[case_id, piece]

    async def _try(
        self, values: Iterable[Sealed], concerned: Mapping[str, Sequence[Waiting]], place: str
    ) -> None:
        """Try to open those of `values` that cases have erased, with every key there is."""
        erased = [
            (value, cases)
            for value in values
            if self._vault.holds(value.category)
            and (
                cases := [c for c in concerned.get(value.subject, ()) if _key_id(value) in c.scopes]
            )
        ]
        opens = await self._vault.still_opens([value for value, _ in erased])
        for (_, cases), open_ in zip(erased, opens, strict=True):
            for case in cases:
                case.attempts += 1
                if open_:
                    case.found[place, "opens"] += 1

    async def _report(self, case: Waiting, searched: Counter[str]) -> None:
        stream, command = _names(case.case_id, case.round)
        own = next((one for one in case.canaries if one.service == self._service), None)
        report = StoresSearched(
            case_id=case.case_id,
            subject_id=SubjectId(case.subject),
            service=self._service,
            round=case.round,
            searched=Searched(
                **searched,
                canaries=sum(one.texts for one in case.canaries),
                attempts=case.attempts,
                not_searchable=dict(own.not_searchable) if own is not None else {},
            ),
            found=tuple(
                Found(place=place, how=how, count=count)
                for (place, how), count in sorted(case.found.items())
            ),
        )
        meta = Metadata(
            actor="system",
            role="system",
            correlation_id=case.causation["correlation"],
            causation_id=case.causation["event"],
            command_id=command,
        )
        await self._store.append(stream, 0, [report], subject=SubjectId(case.subject), meta=meta)
        await self._orders.delete_one({"_id": case.case_id, "round": case.round})


def _key_id(value: Sealed) -> KeyId:
    return KeyId(value.subject, value.category, value.object)


def _names(case_id: str, number: int) -> tuple[str, str]:
    """Return the stream of what a search found, and the command that puts it there once."""
    return f"search-{case_id}-{number}", f"search:{case_id}:{number}"


def _waiting(document: Document, canaries: Sequence[Canaries]) -> Waiting:
    subject = document["subject"]
    return Waiting(
        case_id=document["_id"],
        subject=subject,
        round=document["round"],
        scopes=frozenset(
            KeyId(subject, Category(category), thing) for category, thing in document["scopes"]
        ),
        causation=document["causation"],
        canaries=canaries,
    )


async def _batches(found: Any, size: int = 100) -> AsyncIterator[list[Document]]:
    batch: list[Document] = []
    async for document in found:
        batch.append(document)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
