"""Enrolling: the contract starts, then its invoice is issued."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

from services.learning.application.handle import Learning, enrolment_stream
from services.learning.application.history import load_history
from services.learning.application.invoicing import issue_invoice
from services.learning.application.standing import standing_of
from services.learning.domain.enrolment.commands import Enrol
from shared.event_store import Metadata
from shared.events.base import SubjectId

ENROLMENTS: Final = UUID("0198c0de-0000-7000-8000-0000000e1201")
"""Name space of enrolment ids."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The contract and its invoice."""

    enrolment_id: str
    invoice_id: str


async def enrol(
    learning: Learning, *, learner_id: SubjectId, module_id: str, meta: Metadata
) -> Enrolled:
    """Enrol the learner; the same command id again answers what it answered first.

    Raises:
        ModuleNotFoundInCatalogueError: there is no such module.
        AlreadyEnrolledError: an enrolment in it is running.
        AccountNotOpenError: the account may not enrol.
    """
    commit = await learning.store.earlier(meta)
    if commit is None:
        command = Enrol(
            learner_id=learner_id,
            enrolment_id=await _next_id(learning, learner_id, module_id),
            module=learning.catalogue.module(module_id),
            standing=await standing_of(learning, learner_id),
            at=learning.clock.now(),
        )
        stream = enrolment_stream(command.enrolment_id)
        commit = await learning.enrolments.handle(stream, command, subject=learner_id, meta=meta)
    enrolment_id = commit.stream.removeprefix(enrolment_stream(""))
    invoice_id = await issue_invoice(
        learning,
        learner_id=learner_id,
        enrolment_id=enrolment_id,
        module_id=module_id,
        meta=meta,
    )
    return Enrolled(enrolment_id, invoice_id)


async def _next_id(learning: Learning, learner_id: SubjectId, module_id: str) -> str:
    """Return the id of the learner's next, or still running, enrolment in the module.

    It follows from learner, module and how many enrolments are over, so that two requests at once
    meet in one stream, where only one of them can start a contract.
    """
    person = await load_history(learning, learner_id)
    now = learning.clock.now()
    over = sum(
        one.state.module_id == module_id and not one.state.is_running(now)
        for one in person.enrolments.values()
    )
    return str(uuid5(ENROLMENTS, f"{learner_id}:{module_id}:{over}"))
