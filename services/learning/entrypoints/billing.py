"""Billing's compartment: invoices and payments, never teaching content (C4.2)."""

from datetime import date, datetime
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel

from services.learning.application.handle import Learning
from services.learning.entrypoints.asking import PAGE_SIZE, Page, PageOf, page_of
from shared.database import Document
from shared.http.auth import Caller
from shared.personal import Category, Erased, Personal


class InvoiceView(BaseModel):
    """An invoice; its values are null once they are erased."""

    invoice_id: str
    number: str
    """Legal number, the same as the id."""
    learner_id: str
    billing_name: str | None
    amount_cents: int | None
    method: str | None
    status: Literal["issued", "paid"]
    issued_at: datetime
    paid_at: datetime | None
    accounting_year_end: date
    erased: bool
    archived: bool
    """Whether its person is in the intermediate archive, so that its values are not shown."""


def billing_router(learning: Learning) -> APIRouter:
    """Return billing's routes."""
    router = APIRouter(tags=["billing"])

    @router.get("/invoices")
    async def invoices(who: Caller, page: Page = 1) -> PageOf[InvoiceView]:
        """List invoices, the latest number first; without the values of archived persons (C2.5)."""
        documents = await learning.invoice_list.find(
            sort=[("_id", -1)], skip=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE
        )
        subjects = {document["learner_id"] for document in documents}
        hidden = await learning.archive.hidden(who, None, subjects, (Category.PAYMENT,))
        shown = [one for one in documents if one["learner_id"] not in hidden]
        opened = {one["_id"]: one for one in await learning.vault.open_documents(shown)}
        views = [_view(document, opened.get(document["_id"])) for document in documents]
        return page_of(views, page, await learning.invoice_list.count())

    return router


def _view(document: Document, opened: Document | None) -> InvoiceView:
    """Return an invoice as billing sees it; `opened` is missing of archived persons."""
    return InvoiceView(
        invoice_id=document["_id"],
        number=document["_id"],
        learner_id=document["learner_id"],
        billing_name=_value(opened, "billing_name"),
        amount_cents=_value(opened, "amount_cents"),
        method=_value(opened, "method"),
        status="paid" if document["paid_at"] else "issued",
        issued_at=document["issued_at"],
        paid_at=document["paid_at"],
        accounting_year_end=document["accounting_year_end"],
        erased=opened is not None and opened["billing_name"].is_erased,
        archived=opened is None,
    )


def _value(opened: Document | None, field: str) -> Any:
    personal: Personal[Any] | None = opened[field] if opened else None
    value = None if personal is None else personal.reveal()
    return None if isinstance(value, Erased) else value
