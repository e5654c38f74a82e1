"""Billing's compartment: invoices and payments, never teaching content (C4.2)."""

from datetime import date, datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from services.learning.application.handle import Learning
from services.learning.entrypoints.asking import PAGE_SIZE, Page, PageOf, page_of
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
        opened = await learning.vault.open_documents(documents)
        views = []
        for document in opened:
            name: Personal[str] = document["billing_name"]
            amount: Personal[int] = document["amount_cents"]
            method: Personal[str] | None = document["method"]
            how = method.reveal() if method is not None else None
            whose, cents = name.reveal(), amount.reveal()
            archived = document["learner_id"] in hidden
            views.append(
                InvoiceView(
                    invoice_id=document["_id"],
                    number=document["_id"],
                    learner_id=document["learner_id"],
                    billing_name=None if archived or isinstance(whose, Erased) else whose,
                    amount_cents=None if archived or isinstance(cents, Erased) else cents,
                    method=None if archived or isinstance(how, Erased) else how,
                    status="paid" if document["paid_at"] else "issued",
                    issued_at=document["issued_at"],
                    paid_at=document["paid_at"],
                    accounting_year_end=document["accounting_year_end"],
                    erased=name.is_erased,
                    archived=archived,
                )
            )
        return page_of(views, page, await learning.invoice_list.count())

    return router
