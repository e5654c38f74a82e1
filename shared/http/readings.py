"""Every answer to staff with a person's values is recorded before it is given.

Nobody has to remember it: the vault notes whose values a request opens, and what it noted is
appended before the first byte of the answer goes out. An answer that cannot be recorded is not
given.
"""

import asyncio
from typing import TYPE_CHECKING, cast

from fastapi import Request

from shared import telemetry
from shared.database import PyMongoError
from shared.event_store import EventStore, Metadata
from shared.events.archive import AccessReason
from shared.events.base import SubjectId
from shared.events.reading import PersonalDataRead
from shared.http.answers import AnswerCounter, Holder
from shared.http.problems import UNAVAILABLE, problem_response
from shared.ids import new_id
from shared.personal import Category
from shared.vault import Access
from shared.vault.compartments import EACH_ITS_OWN, EVERYBODYS

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

log = telemetry.logger(__name__)

OF_NOBODY = EACH_ITS_OWN | EVERYBODYS
"""Categories whose subject is a service or a case."""
REFUSED = 400


class RecordedAnswer:
    """Sends the answer to one request, after recording whose values are in it."""

    def __init__(self, access: Access, scope: "Scope", receive: "Receive", send: "Send") -> None:
        self._access = access
        self._scope = scope
        self._receive = receive
        self._send = send
        self._withheld = False

    async def send(self, message: "Message") -> None:
        """Send a part of the answer; in its place that the service is unavailable, if it has to.

        An answer that refuses shows nothing, and is not a reading.
        """
        if message["type"] == "http.response.start" and message["status"] < REFUSED:
            try:
                await self._record()
            except PyMongoError:
                log.warning("an answer was not given, since it could not be recorded")
                self._withheld = True
                instead = problem_response(Request(self._scope), UNAVAILABLE)
                await instead(self._scope, self._receive, self._send)
            else:
                self._count()
        if not self._withheld:
            await self._send(message)

    def _count(self) -> None:
        """Count an answer with personal values, whoever's they are."""
        holder = self._access.holder
        if holder is not None and self._access.opened:
            counter: AnswerCounter = self._scope["app"].state.runtime.answers
            counter.note(Holder(*holder))

    async def _record(self) -> None:
        access, reader = self._access, self._access.reader
        if reader is None:
            return
        read: dict[str, set[Category]] = {}
        already = {reader.subject, *access.recorded}
        for subject, category in access.opened:
            if subject not in already and category not in OF_NOBODY:
                read.setdefault(subject, set()).add(category)
        app = self._scope["app"]
        store: EventStore = app.state.runtime.kernel.store
        reason, reference = access.stated or (None, "none")
        readings = [
            PersonalDataRead(
                subject_id=SubjectId(subject),
                service=app.state.service,
                reader=reader.subject,
                role=reader.role,
                categories=tuple(sorted(categories)),
                reason=cast("AccessReason | None", reason),
                reference=reference,
                break_glass=access.broken_glass.get(subject),
            )
            for subject, categories in sorted(read.items())
        ]
        await asyncio.gather(*(_append(store, one) for one in readings))


async def _append(store: EventStore, read: PersonalDataRead) -> None:
    reading = new_id()
    await store.append(
        f"reading-{reading}",
        0,
        [read],
        subject=read.subject_id,
        meta=Metadata(actor=read.reader, role=read.role, correlation_id=reading),
    )
