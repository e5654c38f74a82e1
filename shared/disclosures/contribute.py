"""Every service that holds data of people composes its part when a disclosure is prepared."""

from collections.abc import Awaitable, Callable
from typing import Final

from shared.clock import Clock
from shared.consuming.envelope import Envelope
from shared.consuming.reactions import PermanentFailureError, Reaction
from shared.disclosures.filter import counts, sift, withheld_counts
from shared.disclosures.part import packed, part_json
from shared.event_store import ConcurrencyConflictError, EventStore, Metadata
from shared.events.base import SubjectId
from shared.events.demands import CategoryCount, DisclosurePartComposed, WithheldCount
from shared.events.identity import DisclosureRequested
from shared.held_data import HeldDatum
from shared.packaging import sha256_of
from shared.personal import Personal
from shared.vault import KeyClosedError

REACTION: Final = "disclosures"

Holds = Callable[[SubjectId], Awaitable[list[HeldDatum]]]


def contributes(service: str, store: EventStore, clock: Clock, held: Holds) -> Reaction:
    """Return the reaction by which `service`, which holds what `held` returns, gives its part.

    It is the service's own work: no member of staff is shown anything by it.
    """

    async def compose(envelope: Envelope) -> None:
        request = envelope.data
        if not isinstance(request, DisclosureRequested):
            raise PermanentFailureError(envelope.type)
        disclosed: dict[str, tuple[HeldDatum, ...]] = {}
        told: list[CategoryCount] = []
        stays: list[WithheldCount] = []
        for person in request.scope.persons:
            sifted = sift(person, await held(SubjectId(person)), request.scope)
            disclosed[person] = sifted.disclosed
            told.extend(counts(person, sifted.disclosed))
            stays.extend(withheld_counts(person, sifted.withheld))
        content = part_json(service, disclosed)
        text = packed(content)
        part = DisclosurePartComposed(
            subject_id=request.subject_id,
            disclosure_id=request.disclosure_id,
            service=service,
            content=None if text is None else Personal(text),
            sha256=sha256_of(content),
            size=len(content),
            disclosed=tuple(told),
            withheld=tuple(stays),
            composed_at=clock.now(),
        )
        try:
            await store.append(
                f"disclosure-{request.disclosure_id}",
                0,
                [part],
                subject=request.subject_id,
                meta=Metadata.caused_by(envelope, REACTION),
            )
        except (ConcurrencyConflictError, KeyClosedError):
            # It was composed before, or has been given up meanwhile.
            return

    return Reaction(REACTION, ("identity.events",), {DisclosureRequested: compose})
