"""The page behind the link in a letter about a sign-in: it was me, or it was not (C7.4)."""

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.services import ServiceProblemError
from services.gateway.visitor import Anyone, Visitor
from services.gateway.wording import marked

router = APIRouter(prefix="/sign-in-notice")

TEMPLATE = "pages/sign_in_notice.html"


@router.get("")
async def show(visitor: Anyone, token: str = "") -> Response:
    """Show the sign-in that the letter is about; following a link alone changes nothing."""
    return await _question(visitor, token)


@router.post("")
async def answer(visitor: Anyone) -> Response:
    """Record whether it was the person; if not, close the account to whoever it was."""
    form = await visitor.form()
    mine = form.get("answer") == "mine"
    body = {"token": form.get("token", ""), "mine": mine}
    try:
        await visitor.caller.send(
            "POST", "identity", "/sign-in-notices", body, key=form.get("once")
        )
    except ServiceProblemError as error:
        return visitor.refused(TEMPLATE, error, {}, token="", asked=None)
    if mine:
        title = marked("Thank you")
        text = marked("It was you: everything stays as it is.")
    else:
        title = marked("Your account is closed to others")
        text = marked(
            "Every session has ended, and the password no longer opens the account. We have just"
            " sent you a link to choose a new one; our security staff know. If you use the same"
            " password elsewhere, change it there too."
        )
    return visitor.page(
        "pages/message.html", title=visitor.words.say(title), text=visitor.words.say(text)
    )


async def _question(visitor: Visitor, token: str) -> Response:
    try:
        asked = await visitor.caller.send(
            "POST", "identity", "/sign-in-notices/asked", {"token": token or "-"}
        )
    except ServiceProblemError as error:
        return visitor.refused(TEMPLATE, error, {}, token="", asked=None)
    return visitor.page(TEMPLATE, token=token, asked=asked)
