"""Issuing and paying invoices."""

from dataclasses import replace
from itertools import count

from services.learning.application.handle import Learning, invoice_stream
from services.learning.domain.calendar import paris_date
from services.learning.domain.errors import LearnerNotFoundError
from services.learning.domain.invoice.commands import IssueInvoice, PayInvoice
from services.learning.domain.invoice.numbers import invoice_number
from shared.event_store import Metadata
from shared.events.base import SubjectId
from shared.personal import Personal

STREAM_PREFIX = invoice_stream("")


async def issue_invoice(
    learning: Learning, *, learner_id: SubjectId, enrolment_id: str, module_id: str, meta: Metadata
) -> str:
    """Issue the enrolment's invoice under the next number of the year and return the number.

    However often it is called for one enrolment, by the request and by the reaction that completes
    a request cut short, there is one invoice: its append carries the enrolment as command id.

    Raises:
        LearnerNotFoundError: nobody to put on the invoice is known here.
    """
    once = replace(meta, command_id=f"invoice:{enrolment_id}", fingerprint=None)
    earlier = await learning.store.earlier(once)
    if earlier is not None:
        return earlier.stream.removeprefix(STREAM_PREFIX)
    name = await _billing_name(learning, learner_id)
    now = learning.clock.now()
    year = paris_date(now).year
    for sequence in count(await learning.invoice_numbers.first_to_try(year)):
        number = invoice_number(year, sequence)
        command = IssueInvoice(
            learner_id=learner_id,
            invoice_id=number,
            enrolment_id=enrolment_id,
            billing_name=name,
            amount_cents=Personal(learning.catalogue.module(module_id).price_cents),
            at=now,
        )
        stream = invoice_stream(number)
        commit = await learning.invoices.handle(stream, command, subject=learner_id, meta=once)
        if commit.event_ids:
            if not commit.repeated:
                await learning.invoice_numbers.taken(year, sequence)
            return commit.stream.removeprefix(STREAM_PREFIX)
    raise AssertionError("numbers do not end")


async def pay_invoice(
    learning: Learning, *, learner_id: SubjectId, invoice_id: str, method: str, meta: Metadata
) -> None:
    """Record that the learner paid the invoice.

    Raises:
        InvoiceNotFoundError: there is no such invoice of this person.
        InvoiceAlreadyPaidError: it has been paid.
    """
    command = PayInvoice(learner_id, Personal(method), learning.clock.now())
    stream = invoice_stream(invoice_id)
    await learning.invoices.handle(stream, command, subject=learner_id, meta=meta)


async def _billing_name(learning: Learning, learner_id: SubjectId) -> Personal[str]:
    document = await learning.learner_list.get(learner_id)
    if document is None or "first_name" not in document:
        raise LearnerNotFoundError
    opened = await learning.vault.open_document(document)
    if opened["first_name"].is_erased or opened["last_name"].is_erased:
        raise LearnerNotFoundError
    return Personal(f"{opened['first_name'].text()} {opened['last_name'].text()}")
