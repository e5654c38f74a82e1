"""The learner's invoices and recordings, and everything held about a person."""

from datetime import date, datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from services.learning.application.handle import Learning, recording_stream
from services.learning.application.held import held_data
from services.learning.application.history import InvoiceHistory, PersonHistory, load_history
from services.learning.application.invoicing import pay_invoice
from services.learning.application.keeping import require_consent_to_keeping
from services.learning.application.standing import require_agreement
from services.learning.domain.catalogue.text import Language
from services.learning.domain.recording.commands import KeepRecording, ReleaseRecording
from services.learning.entrypoints.asking import In, Items
from shared.archive import Stated
from shared.event_store import Metadata
from shared.events.base import Identifier, SubjectId
from shared.held_data import HeldData
from shared.http.auth import Caller
from shared.http.idempotency import Once
from shared.personal import Erased

Method = Literal["card", "bank_transfer", "direct_debit"]


class PaymentBody(BaseModel):
    """How the invoice was paid."""

    method: Method


class PaidView(BaseModel):
    """The invoice's new status."""

    invoice_id: str
    status: Literal["paid"] = "paid"


class MyInvoiceView(BaseModel):
    """An invoice; its values are null once they are erased."""

    invoice_id: str
    number: str
    """Legal number, the same as the id."""
    enrolment_id: str
    module_id: str | None
    title: str | None
    billing_name: str | None
    amount_cents: int | None
    method: str | None
    status: Literal["issued", "paid"]
    issued_at: datetime
    paid_at: datetime | None
    accounting_year_end: date
    erased: bool


class MyRecordingView(BaseModel):
    """A recording; its values are null once it is erased."""

    recording_id: str
    title: str | None
    location: str | None
    recorded_at: datetime
    kept: bool
    erased: bool


def belongings_router(learning: Learning) -> APIRouter:
    """Return the learner's routes about invoices, recordings and held data."""
    router = APIRouter(tags=["my data"])

    @router.get("/me/invoices")
    async def invoices(who: Caller, language: In) -> Items[MyInvoiceView]:
        """List the learner's invoices, newest first."""
        person = await load_history(learning, who.subject)
        views = [_invoice(learning, person, one, language) for one in person.invoices.values()]
        return Items(items=views[::-1])

    @router.post("/me/invoices/{invoice_id}/payment")
    async def pay(invoice_id: Identifier, body: PaymentBody, who: Caller, once: Once) -> PaidView:
        """Record that an invoice was paid."""
        await pay_invoice(
            learning,
            learner_id=who.subject,
            invoice_id=invoice_id,
            method=body.method,
            meta=Metadata.by(who, once),
        )
        return PaidView(invoice_id=invoice_id)

    @router.get("/me/recordings")
    async def recordings(who: Caller) -> Items[MyRecordingView]:
        """List the recordings of the learner's live sessions, newest first."""
        person = await load_history(learning, who.subject)
        views = []
        for recording_id, one in reversed(person.recordings.items()):
            title, location = one.recorded.title.reveal(), one.recorded.location.reveal()
            views.append(
                MyRecordingView(
                    recording_id=recording_id,
                    title=None if isinstance(title, Erased) else title,
                    location=None if isinstance(location, Erased) else location,
                    recorded_at=one.recorded.recorded_at,
                    kept=one.kept,
                    erased=one.recorded.title.is_erased,
                )
            )
        return Items(items=views)

    @router.put("/me/recordings/{recording_id}/keep", status_code=204)
    async def keep(recording_id: Identifier, who: Caller, once: Once) -> None:
        """Keep a recording beyond its 30 days: at the learner's request, by consent (C2.10)."""
        await require_agreement(learning, who.subject)
        await require_consent_to_keeping(learning, who.subject, recording_id)
        await learning.recordings.handle(
            recording_stream(recording_id),
            KeepRecording(who.subject),
            subject=who.subject,
            meta=Metadata.by(who, once),
        )

    @router.delete("/me/recordings/{recording_id}/keep", status_code=204)
    async def release(recording_id: Identifier, who: Caller, once: Once) -> None:
        """Keep it no longer."""
        await learning.recordings.handle(
            recording_stream(recording_id),
            ReleaseRecording(who.subject),
            subject=who.subject,
            meta=Metadata.by(who, once),
        )

    @router.get("/me/held-data")
    @router.get("/me/export")
    async def my_held_data(who: Caller, language: In) -> HeldData:
        """Show every value held here about the caller (C8.1), for a page or a file."""
        return await held_data(learning, who.subject, language)

    @router.get("/learners/{learner_id}/held-data")
    async def held_data_of(
        learner_id: Identifier, who: Caller, language: In, stated: Stated
    ) -> HeldData:
        """Show every value held about a learner who asked for access by e-mail (C8.1).

        Where any of it is in the intermediate archive, a reason is needed (C2.5, C2.6).
        """
        subject = SubjectId(learner_id)
        person = await load_history(learning, subject)
        taught = any(one.is_archived for one in person.enrolments.values())
        held = await held_data(learning, subject, language)
        categories = {datum.category for datum in held.items}
        await learning.archive.admit(
            who, stated, learner_id, categories, archived=True if taught else None
        )
        return held

    return router


def _invoice(
    learning: Learning, person: PersonHistory, history: InvoiceHistory, language: Language
) -> MyInvoiceView:
    issued, paid = history.issued, history.paid
    enrolment = person.enrolments.get(issued.enrolment_id)
    module = learning.catalogue.module(enrolment.state.module_id) if enrolment else None
    name, amount = issued.billing_name.reveal(), issued.amount_cents.reveal()
    method = paid.method.reveal() if paid else None
    return MyInvoiceView(
        invoice_id=issued.invoice_id,
        number=issued.invoice_id,
        enrolment_id=issued.enrolment_id,
        module_id=module.id if module else None,
        title=module.title.to(language) if module else None,
        billing_name=None if isinstance(name, Erased) else name,
        amount_cents=None if isinstance(amount, Erased) else amount,
        method=None if isinstance(method, Erased) else method,
        status="paid" if paid else "issued",
        issued_at=issued.issued_at,
        paid_at=paid.paid_at if paid else None,
        accounting_year_end=issued.accounting_year_end,
        erased=issued.billing_name.is_erased,
    )
