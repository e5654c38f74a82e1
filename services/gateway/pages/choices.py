"""What the learner decides: consents, account, profile, requests for help."""

import json
from http import HTTPStatus

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.services import ServiceProblemError
from services.gateway.uploads import as_json
from services.gateway.visitor import YEAR, Learner
from services.gateway.wording import known
from services.gateway.zones import keep_zone, zone_options

router = APIRouter()

PROFILE = ("goals", "experience", "availability", "pace", "format")
ACCOUNT = ("first_name", "last_name", "telephone", "language")


@router.get("/consents")
async def consents(visitor: Learner) -> Response:
    """Show what rests on consent, what may be objected to, and what each choice changes."""
    part = await visitor.caller.part("consent", "/me/consents")
    return visitor.page("pages/consents.html", consents=part)


@router.get("/consents/history")
async def decisions(visitor: Learner) -> Response:
    """Show every decision with its proof, and the receipt of each consent (C9.2)."""
    part = await visitor.caller.part("consent", "/me/decisions")
    return visitor.page("pages/decisions.html", decisions=part)


@router.get("/consents/history/{decision_id}/receipt")
async def receipt(visitor: Learner, decision_id: str) -> Response:
    """Hand out the receipt of a decision: ISO/IEC TS 27560, as JSON-LD."""
    content = await visitor.caller.get("consent", f"/me/decisions/{decision_id}/receipt")
    return Response(
        json.dumps(content, ensure_ascii=False, indent=2),
        media_type="application/ld+json",
        headers={
            "Content-Disposition": f'attachment; filename="carionexiq-{decision_id}.jsonld"',
            "Cache-Control": "no-store",
        },
    )


@router.post("/consents/{purpose}")
async def decide(visitor: Learner, purpose: str) -> Response:
    """Grant or withdraw a consent; withdrawal is as easy as granting (C9.2)."""
    form = await visitor.form()
    decision = "granted" if form.get("decision") == "granted" else "withdrawn"
    await visitor.caller.send(
        "POST",
        "consent",
        f"/me/consents/{purpose}",
        {
            "decision": decision,
            "language": visitor.language,
            "text_version": form.get("text_version") or None,
            "place": "choices",
        },
        key=form.get("once"),
    )
    return visitor.go("/consents", notice=f"consent-{decision}")


@router.get("/account")
async def account(visitor: Learner) -> Response:
    """Show account and profile for correction (C8.2)."""
    me = await visitor.caller.get("identity", "/me")
    page = visitor.page("pages/account.html", me=me, zones=zone_options(visitor.language))
    keep_zone(visitor, page, me.get("zone") or "")
    return page


@router.post("/account")
async def rectify(visitor: Learner) -> Response:
    """Correct name, telephone or language (C8.2)."""
    form = await visitor.form()
    values = {name: form[name] for name in ACCOUNT if form.get(name)}
    me = await visitor.caller.get("identity", "/me")
    try:
        await visitor.caller.send("PATCH", "identity", "/me", values, key=form.get("once"))
    except ServiceProblemError as error:
        options = zone_options(visitor.language)
        return visitor.refused("pages/account.html", error, values, me=me, zones=options)
    response = visitor.go("/account", notice="saved")
    language = known(values.get("language"))
    if language and visitor.session:
        await visitor.portal.sessions.speak(visitor.session, language)
        visitor.set_cookie(response, visitor.portal.cookie_name("language"), language, seconds=YEAR)
    return response


@router.post("/account/zone")
async def choose_zone(visitor: Learner) -> Response:
    """Choose the time zone by which quiet hours are kept and times are shown."""
    form = await visitor.form()
    values = {"zone": form.get("zone", "")}
    me = await visitor.caller.get("identity", "/me")
    try:
        await visitor.caller.send("PUT", "identity", "/me/zone", values, key=form.get("once"))
    except ServiceProblemError as error:
        options = zone_options(visitor.language)
        return visitor.refused("pages/account.html", error, values, me=me, zones=options)
    response = visitor.go("/account", notice="saved")
    keep_zone(visitor, response, values["zone"])
    return response


@router.post("/account/profile")
async def describe(visitor: Learner) -> Response:
    """Tell goals, experience, availability and preferences (C1.6)."""
    form = await visitor.form()
    values = {name: form[name] for name in PROFILE if form.get(name)}
    me = await visitor.caller.get("identity", "/me")
    try:
        await visitor.caller.send("PUT", "identity", "/me/profile", values, key=form.get("once"))
    except ServiceProblemError as error:
        options = zone_options(visitor.language)
        return visitor.refused("pages/account.html", error, values, me=me, zones=options)
    return visitor.go("/account", notice="saved")


@router.get("/support")
async def support(visitor: Learner, page: int = 1) -> Response:
    """Show the learner's exchanges with support (C2.7)."""
    part = await visitor.caller.part("identity", "/me/support-requests", page=page)
    return visitor.page("pages/support.html", requests=part, page=page)


@router.post("/support")
async def ask(visitor: Learner) -> Response:
    """Ask for help."""
    form = await visitor.form()
    values = {name: form[name] for name in ("title", "message") if form.get(name)}
    try:
        await visitor.caller.send(
            "POST",
            "identity",
            "/me/support-requests",
            {**values, **as_json(visitor.uploads)},
            key=form.get("once"),
        )
    except ServiceProblemError as error:
        part = await visitor.caller.part("identity", "/me/support-requests")
        return visitor.refused("pages/support.html", error, values, requests=part, page=1)
    return visitor.go("/support", notice="asked")


@router.post("/support/{request_id}")
async def add(visitor: Learner, request_id: str) -> Response:
    """Add to a request; a resolved one is open again by it."""
    form = await visitor.form()
    path = f"/me/support-requests/{request_id}/messages"
    body = {"message": form.get("message", "")}
    sent = {**body, **as_json(visitor.uploads)}
    try:
        await visitor.caller.send("POST", "identity", path, sent, key=form.get("once"))
    except ServiceProblemError as error:
        if error.status == HTTPStatus.NOT_FOUND:
            raise
        part = await visitor.caller.part("identity", "/me/support-requests")
        return visitor.refused("pages/support.html", error, body, requests=part, page=1)
    return visitor.go("/support", notice="asked")
