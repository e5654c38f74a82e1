"""Writing to us without an account, and leaving a mailing in one press."""

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.services import ServiceProblemError
from services.gateway.visitor import Anyone
from services.gateway.wording import marked

router = APIRouter()

FIELDS = ("name", "email", "message", "context")


@router.get("/contact")
async def show_contact(visitor: Anyone) -> Response:
    """Ask what the visitor needs (C1.3)."""
    return visitor.page("pages/contact.html")


@router.post("/contact")
async def contact(visitor: Anyone) -> Response:
    """Record a contact request (C1.3, C2.9)."""
    form = await visitor.form()
    values = {name: form[name] for name in FIELDS if form.get(name)}
    try:
        await visitor.caller.send(
            "POST",
            "identity",
            "/contact-requests",
            {**values, "language": visitor.language},
            key=form.get("once"),
        )
    except ServiceProblemError as error:
        return visitor.refused("pages/contact.html", error, values)
    return visitor.page(
        "pages/message.html",
        title=visitor.words.say(marked("Your message has arrived")),
        text=visitor.words.say(
            marked(
                "We answer by e-mail. Without any further exchange your message is erased by"
                " itself after 3 years (C2.9)."
            )
        ),
        minor=False,
        mailbox=False,
    )


@router.get("/unsubscribe")
async def show_unsubscription(visitor: Anyone, token: str = "") -> Response:
    """Show one button; following the link alone changes nothing."""
    return visitor.page("pages/unsubscribe.html", token=token, done=False)


@router.post("/unsubscribe")
async def unsubscribe(visitor: Anyone, token: str = "") -> Response:
    """Withdraw the consent behind the link at once, without signing in (C9.2).

    Mail programs post here by themselves (RFC 8058) with `List-Unsubscribe=One-Click`; the signed
    token is then the only proof, as in the message itself.
    """
    data = await visitor.request.form()
    if data.get("List-Unsubscribe") != "One-Click":
        token = (await visitor.form()).get("token", "")
    try:
        await visitor.caller.send("POST", "consent", "/unsubscriptions", {"token": token})
    except ServiceProblemError as error:
        return visitor.refused("pages/unsubscribe.html", error, {}, token="", done=False)
    return visitor.page("pages/unsubscribe.html", token="", done=True)
