"""The officer's page of rules: which are in force, comparing others, adopting them; and what if."""

import json
from typing import Annotated, Any, Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query
from fastapi.responses import Response

from services.gateway import labels
from services.gateway.pages.staff.choices import named
from services.gateway.pages.staff.dpo import Officer
from services.gateway.services import Json, ServiceProblemError, items
from services.gateway.visitor import Visitor
from services.gateway.wording import marked

router = APIRouter(prefix="/staff")

PERSONS_AT_ONCE: Final = 500
LARGEST_FILE: Final = 300_000
SUPPOSED_AT_ONCE: Final = 3


@router.get("/rules")
async def rules(visitor: Officer) -> Response:
    """Show which rules are in force, who adopted them and why."""
    return visitor.page("staff/rules.html", **await _rules(visitor))


@router.post("/rules")
async def submit(visitor: Officer) -> Response:
    """Check other rules and compare them with those in force; nothing changes yet."""
    values = await visitor.form()
    text, name = values.get("text", ""), "rules.yaml"
    for file in visitor.uploads[:1]:
        text = file.content[: LARGEST_FILE + 1].decode("utf-8", errors="replace")
        name = file.name[-80:]
    body = {"text": text, "name": name}
    try:
        found = await visitor.caller.send(
            "POST", "retention", "/rules/versions", body, key=values.get("once")
        )
    except ServiceProblemError as error:
        kept = {"text": text}
        return visitor.refused(
            "staff/rules.html", error, kept, mistakes=error.mistakes, **await _rules(visitor)
        )
    return visitor.go(f"/staff/rules/{found['digest']}")


@router.get("/rules/{digest}")
async def rule_set(visitor: Officer, digest: str, after: str = "", so_far: str = "") -> Response:
    """Compare a rule set with the one in force, trying it on more and more persons."""
    candidate = await visitor.caller.get("retention", f"/rules/versions/{digest}")
    trial = await _trial(visitor, candidate, after, so_far)
    fragment = visitor.request.headers.get("hx-request") == "true"
    template = "staff/rule_set_trial.html" if fragment else "staff/rule_set.html"
    return visitor.page(template, candidate=candidate, trial=trial)


@router.post("/rules/{digest}/adoption")
async def adopt(visitor: Officer, digest: str) -> Response:
    """Ask for a rule set, for a reason, with what goes at once; a second person confirms it."""
    values = await visitor.form()
    body = {
        "digest": digest,
        "instead_of": values.get("instead_of", ""),
        "reason": values.get("reason", ""),
        "confirm": values.get("confirm") or "-1",
    }
    try:
        await visitor.caller.send(
            "POST", "retention", "/rules/adoptions", body, key=values.get("once")
        )
    except ServiceProblemError as error:
        candidate = await visitor.caller.get("retention", f"/rules/versions/{digest}")
        trial = await _trial(visitor, candidate, "", "")
        return visitor.refused(
            "staff/rule_set.html", error, values, candidate=candidate, trial=trial
        )
    return visitor.go("/staff/proposals", notice="second-person-asked")


@router.get("/rules/{digest}/since/{previous}")
async def since(visitor: Officer, digest: str, previous: str) -> Response:
    """Show what an adoption changed."""
    path = f"/rules/versions/{previous}/differences/{digest}"
    found = await visitor.caller.get("retention", path)
    return visitor.page("staff/rule_set_since.html", changes=items(found))


@router.get("/what-if")
async def what_if(
    visitor: Officer,
    subject: str = "",
    what: Annotated[list[str], Query()] = [],  # noqa: B006 - FastAPI copies it
    on: Annotated[list[str], Query()] = [],  # noqa: B006 - same
) -> Response:
    """Show what would become of a person's data if something happened that has not."""
    given = [(kind, day) for kind, day in zip(what, on, strict=False) if kind and day]
    outlook, problem = [], None
    if subject and given:
        supposed = ",".join(f"{kind}@{day}" for kind, day in given)
        try:
            path = f"/learners/{quote(subject, safe='')}/what-if"
            outlook = items(await visitor.caller.get("retention", path, suppose=supposed))
        except ServiceProblemError as error:
            problem = error.title
    blank = [("", "")] * (SUPPOSED_AT_ONCE - len(given))
    choices = named(visitor, "supposition", labels.SUPPOSITIONS)
    return visitor.page(
        "staff/what_if.html",
        subject=subject,
        given_ones=[*given, *blank][:SUPPOSED_AT_ONCE],
        suppositions=[("", visitor.words.say(marked("Nothing more"))), *choices],
        outlook=outlook,
        problem=problem,
    )


async def _rules(visitor: Visitor) -> dict[str, Any]:
    adoptions, figures = await visitor.caller.parts(
        ("retention", "/rules/adoptions"), ("retention", "/status")
    )
    return {"adoptions": adoptions, "figures": figures}


async def _trial(
    visitor: Visitor, candidate: Json, after: str, so_far: str
) -> dict[str, Any] | None:
    """Try the rule set on the next persons and return what it comes to so far.

    The sums travel with the link to the next persons; what is confirmed is counted anew.
    """
    if candidate["obstacle"]:
        return None
    path = f"/rules/versions/{candidate['digest']}/trial"
    page = await visitor.caller.get("retention", path, after=after, limit=PERSONS_AT_ONCE)
    known: dict[str, Any] = {"persons": 0, "changed": 0, "figures": {}}
    if so_far:
        known = json.loads(so_far)
    known["persons"] += page["persons"]
    known["changed"] += page["changed_persons"]
    for one in page["figures"]:
        key = f"{one['category']}|{one['effect']}"
        objects, persons, days = known["figures"].get(key, (0, 0, 0))
        known["figures"][key] = (
            objects + one["objects"],
            persons + one["persons"],
            max(days, one["furthest_days"]),
        )
    figures = [
        dict(zip(("category", "effect", "objects", "persons", "furthest_days"), row, strict=True))
        for row in ((*key.split("|"), *sums) for key, sums in sorted(known["figures"].items()))
    ]
    rest = urlencode({"after": page["after"], "so_far": json.dumps(known)})
    return {
        **known,
        "figures": figures,
        "at_once": sum(one["objects"] for one in figures if one["effect"] == "at_once"),
        "total": page["total"],
        "next": f"/staff/rules/{candidate['digest']}?{rest}" if page["after"] else "",
    }
