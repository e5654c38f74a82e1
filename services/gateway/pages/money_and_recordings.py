"""The learner's invoices and session recordings."""

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.visitor import Learner

router = APIRouter()


@router.get("/invoices")
async def invoices(visitor: Learner) -> Response:
    """Show the learner's invoices (C2.4, C2.8)."""
    part = await visitor.caller.part("learning", "/me/invoices")
    return visitor.page("pages/invoices.html", invoices=part)


@router.post("/invoices/{invoice_id}/payment")
async def pay(visitor: Learner, invoice_id: str) -> Response:
    """Record the payment of an invoice."""
    form = await visitor.form()
    await visitor.caller.send(
        "POST",
        "learning",
        f"/me/invoices/{invoice_id}/payment",
        {"method": form.get("method", "card")},
        key=form.get("once"),
    )
    return visitor.go("/invoices", notice="paid")


@router.get("/recordings")
async def recordings(visitor: Learner) -> Response:
    """Show recordings of live sessions and until when each is there (C2.10)."""
    part, consents = await visitor.caller.parts(
        ("learning", "/me/recordings"), ("consent", "/me/consents")
    )
    found = consents.data["consents"] if consents.data else []
    asked = next((one for one in found if one["purpose"] == "recordings"), None)
    return visitor.page("pages/recordings.html", recordings=part, consents=consents, asked=asked)


@router.post("/recordings/{recording_id}/keep")
async def keep(visitor: Learner, recording_id: str) -> Response:
    """Keep a recording past its 30 days, by the consent shown beside the button (C2.10)."""
    form = await visitor.form()
    consent = {
        "decision": "granted",
        "language": visitor.language,
        "text_version": form.get("text_version") or None,
        "place": "recordings",
    }
    key = form.get("once")
    await visitor.caller.send("POST", "consent", "/me/consents/recordings", consent, key=key)
    await visitor.caller.send("PUT", "learning", f"/me/recordings/{recording_id}/keep", key=key)
    return visitor.go("/recordings", notice="recording-kept")


@router.post("/recordings/{recording_id}/release")
async def release(visitor: Learner, recording_id: str) -> Response:
    """No longer keep a recording."""
    form = await visitor.form()
    await visitor.caller.send(
        "DELETE", "learning", f"/me/recordings/{recording_id}/keep", key=form.get("once")
    )
    return visitor.go("/recordings", notice="recording-released")
