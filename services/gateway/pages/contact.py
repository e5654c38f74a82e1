"""Writing to us without an account (C1.3)."""

from http import HTTPStatus
from typing import Final

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.services import ServiceProblemError
from services.gateway.uploads import as_json
from services.gateway.visitor import Anyone, Visitor
from services.gateway.wording import marked

router = APIRouter()

FIELDS: Final = ("name", "email", "title", "message", "context")
LEFT_EMPTY: Final = "website"
"""A field that people do not see and programs fill in."""
TOO_FAST: Final = marked("That was faster than people write. Look it over and send it once more.")
FILLED: Final = marked("Leave the field “Website” empty and send it once more: it keeps spam away.")


@router.get("/contact")
async def show_contact(visitor: Anyone) -> Response:
    """Ask what the visitor needs (C1.3)."""
    return _form(visitor, {})


@router.post("/contact")
async def contact(visitor: Anyone) -> Response:
    """Record a contact request (C1.3, C2.9).

    What keeps spam away asks nobody else and loses nothing that was typed: a field to leave empty,
    the least time that writing takes, and the throttle behind it.
    """
    form = await visitor.form()
    values = {name: form[name] for name in FIELDS if form.get(name)}
    shown = form.get("shown")
    shown_at = visitor.portal.guard.shown_at(shown, visitor.browser)
    if shown_at is None:
        return _form(visitor, values, TOO_FAST)
    if form.get(LEFT_EMPTY):
        return _form(visitor, values, FILLED, shown)
    if visitor.now - shown_at < visitor.portal.settings.least_writing_time:
        return _form(visitor, values, TOO_FAST, shown)
    try:
        await visitor.caller.send(
            "POST",
            "identity",
            "/contact-requests",
            {**values, "language": visitor.language, **as_json(visitor.uploads)},
            key=form.get("once"),
        )
    except ServiceProblemError as error:
        return visitor.refused("pages/contact.html", error, values, shown=shown)
    return visitor.page(
        "pages/message.html",
        title=visitor.words.say(marked("Your message has arrived")),
        text=visitor.words.say(
            marked(
                "We answer by e-mail, on the platform where you have an account. Without any"
                " further exchange it goes by itself (C2.7, C2.9)."
            )
        ),
        minor=False,
        mailbox=False,
    )


def _form(
    visitor: Visitor, values: dict[str, str], problem: str | None = None, shown: str | None = None
) -> Response:
    """Return the form; shown again, it says since when it has been before somebody's eyes."""
    return visitor.page(
        "pages/contact.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        values=values,
        problem=visitor.words.say(problem) if problem else None,
        shown=shown or visitor.portal.guard.stamp(visitor.now, visitor.browser),
    )
