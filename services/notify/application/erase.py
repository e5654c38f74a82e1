"""This service's part of an erasure: the last notice, then silence (C8.4)."""

from typing import Final

from services.notify.application.deliver import Dispatcher, message_id
from services.notify.application.invitations import Invitations
from services.notify.application.ports import Directory
from services.notify.domain.commands import QueueMessage
from services.notify.domain.events import Details
from shared.clock import Clock
from shared.erasure import ErasureOrder
from shared.event_store import Metadata
from shared.events.retention import ErasureOrdered
from shared.personal import WHOLE, Category

ADDRESS_CATEGORIES: Final = frozenset({Category.CONTACT, Category.PROSPECT, Category.STAFF})


class Farewell:
    """Says goodbye while the address can still be read, and stops everything else."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        directory: Directory,
        clock: Clock,
        invitations: Invitations,
    ) -> None:
        self._dispatcher = dispatcher
        self._invitations = invitations
        self._directory = directory
        self._clock = clock

    async def erase(self, ordered: ErasureOrder) -> None:
        """Send the last notices and suppress what was waiting.

        The calendar forgets live sessions to come, and who asked for the erasure gets a notice of
        it. Each has one attempt: a provider that is away does not delay an erasure.
        """
        order = ordered.order
        if not (order.closes_account or _address_goes(order)):
            return
        for command in await self._invitations.taken_back(order.subject_id, ordered.envelope):
            await self._send_last(command, ordered)
        if order.closes_account and order.reason == "request":
            await self._say_goodbye(ordered)
        await self._dispatcher.suppress_all(order.subject_id, "erased")

    async def _say_goodbye(self, ordered: ErasureOrder) -> None:
        order = ordered.order
        recipient = await self._directory.find(order.subject_id)
        if recipient is None or not recipient.reachable:
            return
        command = QueueMessage(
            subject_id=order.subject_id,
            message_id=message_id("erasure_certificate", order.case_id),
            kind="erasure_certificate",
            cause_id=ordered.envelope.id,
            at=self._clock.now(),
            details=Details(case_id=order.case_id),
            owed_since=ordered.envelope.time,
        )
        await self._send_last(command, ordered)

    async def _send_last(self, command: QueueMessage, ordered: ErasureOrder) -> None:
        meta = Metadata.caused_by(ordered.envelope, "farewell").for_step(command.message_id)
        if await self._dispatcher.queue(command, meta):
            await self._dispatcher.deliver(command.message_id, last_chance=True)


def _address_goes(order: ErasureOrdered) -> bool:
    return any(
        scope.category in ADDRESS_CATEGORIES and scope.object == WHOLE for scope in order.scopes
    )
