"""Minors: what a guardian is asked and answers, what the learner and staff do (C11.1, C11.2)."""

from typing import Annotated, Final

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.services import Json, ServiceProblemError
from services.gateway.visitor import Anyone, Learner, Visitor, may
from services.gateway.wording import marked

router = APIRouter()

ANSWERS: Final = {"agree": "/guardian-agreements", "refuse": "/guardian-agreements/refusals"}
REVOCATION: Final = "/guardian-agreements/revocations"
GUARDIAN: Final = ("guardian_email", "guardian_name", "birth_date")
REPORTS: Final = {
    "said_by_learner": marked("The learner said so"),
    "said_by_guardian": marked("A guardian said so"),
    "seen_in_session": marked("Noticed in a session"),
    "document": marked("A document shows it"),
}
WITHDRAWALS: Final = {
    "adulthood_proven": marked("The person is shown to be of age"),
    "mistaken_person": marked("Somebody else was meant"),
}
Reporter = Annotated[Visitor, may("identity POST /learners/{learner_id}/minority")]
Officer = Annotated[Visitor, may("identity POST /learners/{learner_id}/minority/withdrawal")]


@router.get("/guardian")
async def show_question(visitor: Anyone, token: str = "") -> Response:
    """Tell a legal guardian what is asked; opening the page changes nothing (C11.1)."""
    return await _question(visitor, "pages/guardian.html", token)


@router.post("/guardian")
async def answer(visitor: Anyone) -> Response:
    """Record that the guardian agrees or refuses (C11.1)."""
    form = await visitor.form()
    path = ANSWERS.get(form.get("decision", ""), "")
    if not path:
        return await _question(visitor, "pages/guardian.html", form.get("token", ""))
    return await _answered(visitor, "pages/guardian.html", path, form)


@router.get("/revoke-agreement")
async def show_revocation(visitor: Anyone, token: str = "") -> Response:
    """Say what taking an agreement back does, and ask for one press."""
    return await _question(visitor, "pages/revoke_agreement.html", token)


@router.post("/revoke-agreement")
async def revoke(visitor: Anyone) -> Response:
    """Take the agreement back: the account is blocked at once (C11.2)."""
    form = await visitor.form()
    return await _answered(visitor, "pages/revoke_agreement.html", REVOCATION, form)


@router.get("/account/minority")
async def show_minority(visitor: Learner) -> Response:
    """Show whether a guardian has to agree, has agreed, and what happens when."""
    return visitor.page("pages/minority.html", minority=await _minority(visitor))


@router.post("/account/minority")
async def declare(visitor: Learner) -> Response:
    """Say to be under 18 after all: the account is blocked and the guardian asked (C11.2)."""
    return await _named(visitor, "POST", "/me/minority")


@router.post("/account/minority/guardian")
async def name_guardian(visitor: Learner) -> Response:
    """Ask a guardian, or another one; the end of the block stays."""
    return await _named(visitor, "PUT", "/me/guardian")


@router.post("/account/minority/letters")
async def repeat(visitor: Learner) -> Response:
    """Send the question to the guardian once more."""
    form = await visitor.form()
    try:
        await visitor.caller.send("POST", "identity", "/me/guardian/letters", key=form.get("once"))
    except ServiceProblemError as error:
        minority = await _minority(visitor)
        return visitor.refused("pages/minority.html", error, {}, minority=minority)
    return visitor.go("/account/minority", notice="guardian-asked")


@router.get("/staff/minors")
async def show_report(visitor: Reporter, learner: str = "") -> Response:
    """Ask which learner is under 18, and on what that rests."""
    return _report(visitor, learner)


@router.post("/staff/minors")
async def report(visitor: Reporter) -> Response:
    """Report a minor: the account is blocked at once (C11.2)."""
    form = await visitor.form()
    return await _reported(visitor, form, "", "minor-reported")


@router.post("/staff/minors/withdrawal")
async def withdraw(visitor: Officer) -> Response:
    """Take back a report that was wrong."""
    form = await visitor.form()
    return await _reported(visitor, form, "/withdrawal", "report-withdrawn")


async def _question(visitor: Visitor, template: str, token: str) -> Response:
    try:
        asked = await visitor.caller.send(
            "POST", "identity", "/guardian-agreements/asked", {"token": token or "-"}
        )
    except ServiceProblemError as error:
        return visitor.refused(template, error, {}, token="", asked=None)
    return visitor.page(template, token=token, asked=asked)


async def _answered(visitor: Visitor, template: str, path: str, form: dict[str, str]) -> Response:
    token = form.get("token", "")
    try:
        await visitor.caller.send(
            "POST", "identity", path, {"token": token or "-"}, key=form.get("once")
        )
    except ServiceProblemError as error:
        return visitor.refused(template, error, {}, token="", asked=None)
    return await _question(visitor, template, token)


async def _minority(visitor: Visitor) -> Json:
    return await visitor.caller.get("identity", "/me/minority")


async def _named(visitor: Visitor, method: str, path: str) -> Response:
    form = await visitor.form()
    body = {name: form[name] for name in GUARDIAN if form.get(name)}
    before = await _minority(visitor)
    try:
        await visitor.caller.send(method, "identity", path, body, key=form.get("once"))
    except ServiceProblemError as error:
        return visitor.refused("pages/minority.html", error, body, minority=before)
    # A block ends the session: what follows is shown here, and again after signing in.
    return visitor.page("pages/minority_asked.html", blocked=not before["blocked"])


def _report(visitor: Visitor, learner: str) -> Response:
    words = visitor.words
    return visitor.page(
        "staff/minors.html",
        learner=learner,
        reports=[(code, words.say(text)) for code, text in REPORTS.items()],
        withdrawals=[(code, words.say(text)) for code, text in WITHDRAWALS.items()],
    )


async def _reported(visitor: Visitor, form: dict[str, str], path: str, notice: str) -> Response:
    learner = form.get("learner_id", "")
    if not learner.replace("-", "").isalnum():
        return _report(visitor, "")
    await visitor.caller.send(
        "POST",
        "identity",
        f"/learners/{learner}/minority{path}",
        {"reason": form.get("reason", "")},
        key=form.get("once"),
    )
    return visitor.go("/staff/minors", notice=notice)
