"""Billing's compartment: invoices and payments, never teaching content (C4.2)."""

from datetime import date, datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from services.learning.application.handle import Learning
from services.learning.entrypoints.asking import PAGE_SIZE, Billing, Page, PageOf, page_of
from shared.personal import Erased, Personal


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


def billing_router(learning: Learning) -> APIRouter:
    """Return billing's routes."""
    router = APIRouter(tags=["billing"])

    @router.get("/invoices")
    async def invoices(_: Billing, page: Page = 1) -> PageOf[InvoiceView]:
        """List invoices, the latest number first."""
        documents = await learning.invoice_list.find(
            sort=[("_id", -1)], skip=(page - 1) * PAGE_SIZE, limit=PAGE_SIZE
        )
        opened = await learning.vault.open_documents(documents)
        views = []
        for document in opened:
            name: Personal[str] = document["billing_name"]
            amount: Personal[int] = document["amount_cents"]
            method: Personal[str] | None = document["method"]
            how = method.reveal() if method is not None else None
            who, cents = name.reveal(), amount.reveal()
            views.append(
                InvoiceView(
                    invoice_id=document["_id"],
                    number=document["_id"],
                    learner_id=document["learner_id"],
                    billing_name=None if isinstance(who, Erased) else who,
                    amount_cents=None if isinstance(cents, Erased) else cents,
                    method=None if isinstance(how, Erased) else how,
                    status="paid" if document["paid_at"] else "issued",
                    issued_at=document["issued_at"],
                    paid_at=document["paid_at"],
                    accounting_year_end=document["accounting_year_end"],
                    erased=name.is_erased,
                )
            )
        return page_of(views, page, await learning.invoice_list.count())

    return router
