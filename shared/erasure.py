"""Taking part in an erasure: every service erases its part and acknowledges with counts."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from shared.consuming.envelope import Envelope
from shared.consuming.reactions import Reaction
from shared.event_store import ConcurrencyConflictError, EventStore, Metadata, RecordedEvent
from shared.events.erasure import DataErased
from shared.events.retention import (
    ErasureOrdered,
    KeyDestroyed,
    KeyDisabled,
    KeyEnabled,
    VerificationOrdered,
)
from shared.personal import WHOLE, Category, Personal, personal_fields
from shared.searching.canaries import CanaryStore
from shared.searching.verifier import Verifier
from shared.topics import events_topic
from shared.vault import COMPARTMENTS, KeyId, Vault

REACTION = "erasure"


@dataclass(frozen=True, slots=True)
class ErasureOrder:
    """What retention orders a service to forget, and the fact that says so."""

    order: ErasureOrdered
    envelope: Envelope


EraseHook = Callable[[ErasureOrder], Awaitable[None]]


def participants_of(order: ErasureOrdered) -> list[str]:
    """Return the services that must erase and acknowledge.

    A service takes part when one of its compartments is concerned, and always when nothing of the
    account is to be left.
    """
    categories = {scope.category for scope in order.scopes}
    return [
        service
        for service, compartments in COMPARTMENTS.items()
        if order.closes_account or compartments & categories
    ]


class ErasureParticipant:
    """Carries out erasure orders in one service."""

    def __init__(
        self,
        service: str,
        store: EventStore,
        hook: EraseHook | None,
        *,
        canaries: CanaryStore,
        verifier: Verifier,
    ) -> None:
        self._service = service
        self._store = store
        self._hook = hook
        self._canaries = canaries
        self._verifier = verifier

    def reaction(self) -> Reaction:
        """Return the reaction to retention's events that every service has."""
        return Reaction(
            REACTION,
            (events_topic("retention"),),
            {
                ErasureOrdered: self.erase,
                KeyDestroyed: self.drop_snapshots,
                KeyEnabled: self.drop_snapshots,
                VerificationOrdered: self._verifier.order,
            },
        )

    async def erase(self, envelope: Envelope) -> None:
        """Erase this service's part of the ordered scopes, then acknowledge once with counts.

        What is to go is fingerprinted before, so that it can be searched for afterwards.
        An order is sent again when an acknowledgement is late: the work is repeated, which changes
        nothing, and the acknowledgement of the first time stands.
        """
        order = envelope.data
        if not isinstance(order, ErasureOrdered):
            raise TypeError(envelope.type)
        if self._service not in participants_of(order):
            return
        recorded = await self._store.load_subject(order.subject_id)
        values = values_in_scope(recorded, order)
        await self._canaries.keep(order.case_id, self._service, values)
        if self._hook is not None:
            await self._hook(ErasureOrder(order, envelope))
        counts = count_in_scope(recorded, order)
        acknowledged = DataErased(
            case_id=order.case_id,
            subject_id=order.subject_id,
            service=self._service,
            counts=counts,
        )
        try:
            await self._store.append(
                f"erasure-{order.case_id}",
                0,
                [acknowledged],
                subject=order.subject_id,
                meta=Metadata.caused_by(envelope, REACTION),
            )
        except ConcurrencyConflictError:
            # Asked again under another event id: the first acknowledgement is sent once more.
            await self._store.announce_again(f"erasure-{order.case_id}")

    async def drop_snapshots(self, envelope: Envelope) -> None:
        """Drop the snapshots under a destroyed key, or made while an enabled one was disabled.

        The unwrapped key itself goes in every process, see `drop_unwrapped`.
        """
        match envelope.data:
            case KeyDestroyed(category=category) as fact:
                # What a service cannot open is in none of its states.
                if category in COMPARTMENTS[self._service]:
                    await self._store.snapshots.drop(key_of(fact))
            case KeyEnabled(subject_id=subject):
                await self._store.snapshots.drop_about(subject)
            case _:
                raise TypeError(envelope.type)


def drop_unwrapped(vault: Vault, envelope: Envelope) -> None:
    """Forget an unwrapped key whose scope has been disabled, destroyed or enabled again."""
    match envelope.data:
        case (KeyDisabled() | KeyDestroyed() | KeyEnabled()) as fact:
            vault.drop(key_of(fact))
        case _:
            return


def key_of(fact: KeyDisabled | KeyEnabled | KeyDestroyed) -> KeyId:
    """Return the key that `fact` tells of."""
    return KeyId(fact.subject_id, fact.category, fact.object)


def count_in_scope(recorded: Iterable[RecordedEvent], order: ErasureOrdered) -> dict[Category, int]:
    """Return how many personal values of `recorded` each category of `order` covers."""
    counts = dict.fromkeys(sorted({scope.category for scope in order.scopes}), 0)
    for category, _ in values_in_scope(recorded, order):
        counts[category] += 1
    return counts


def values_in_scope(
    recorded: Iterable[RecordedEvent], order: ErasureOrdered
) -> Iterator[tuple[Category, Personal[Any]]]:
    """Yield every personal value of `recorded` that `order` covers, with its category."""
    scopes = {(scope.category, scope.object) for scope in order.scopes}
    for record in recorded:
        for field, mark in personal_fields(type(record.event)).items():
            value: Personal[Any] | None = getattr(record.event, field)
            if value is None:
                continue
            scope = getattr(record.event, mark.object) if mark.object else WHOLE
            about = getattr(record.event, mark.about)
            if about == order.subject_id and (mark.category, scope) in scopes:
                yield mark.category, value
