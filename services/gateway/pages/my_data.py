"""Mes données: everything held, why, on which basis, until exactly when, by which rule (C8.1)."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway import labels
from services.gateway.held_data import WHOLE, Datum, Holding, Term, overview
from services.gateway.pages.rectification import contested, corrected_at
from services.gateway.pages.staff.choices import said
from services.gateway.portability import BroughtRecord
from services.gateway.services import Json, Part, items
from services.gateway.visitor import Learner, Visitor
from services.gateway.wording import Wording, marked
from shared.demand_words import DEMAND_AUTHORITIES, LEGAL_ARTICLES
from shared.http.download import download
from shared.portability.file import Imported

router = APIRouter()

SHOWN: Final = 50
"""How many readings the page lists; the file has all of them."""
HOLDERS: Final = ("identity", "learning", "consent", "notify")


@router.get("/my-data")
async def my_data(visitor: Learner) -> Response:
    """Show everything held about the learner with the end of each."""
    held, clocks = await _collect(visitor, "/me/held-data")
    certificates, holds, readings, disputes, disclosures = await visitor.caller.parts(
        ("retention", "/me/certificates"),
        ("retention", "/me/holds"),
        ("retention", "/me/readings"),
        ("learning", "/me/disputes"),
        ("identity", "/me/disclosures"),
    )
    found = overview(_rows(held), items(clocks.data), visitor.now)
    return visitor.page(
        "pages/my_data.html",
        overview=found,
        certificates=items(certificates.data),
        holds=items(holds.data),
        readings=items(readings.data)[:SHOWN],
        disclosures=items(disclosures.data),
        authority_names=dict(said(visitor, DEMAND_AUTHORITIES)),
        article_names=dict(said(visitor, LEGAL_ARTICLES)),
        readings_missing=readings.missing,
        more_readings=len(items(readings.data)) > SHOWN,
        parts=(*held, clocks),
        clocks=clocks,
        name_of=namer(visitor.words, await _titles(visitor)),
        value_of=lambda datum: shown(visitor.words, datum),
        corrected_at=corrected_at,
        contested=contested(disputes),
        steps=lambda holding, term: phases(visitor.words, holding, term, visitor.now),
    )


@router.get("/my-data.json")
async def my_data_file(visitor: Learner) -> Response:
    """Hand out everything held, with its clocks, as a JSON file (C8.1); confirmed first."""
    held, clocks = await _collect(visitor, "/me/export")
    readings, disclosures = await visitor.caller.parts(
        ("retention", "/me/readings"), ("identity", "/me/disclosures")
    )
    answers = (*held, clocks, readings, disclosures)
    content = {
        "made_at": visitor.now.isoformat(),
        "complete": not any(part.missing for part in answers),
        "not_included": [part.service for part in answers if part.missing],
        "held": _rows(held),
        "clocks": items(clocks.data),
        "readings": items(readings.data),
        "disclosures": items(disclosures.data),
    }
    text = json.dumps(content, ensure_ascii=False, indent=2)
    return download(text, "application/json", "carionexiq-my-data.json")


def phases(words: Wording, holding: Holding, term: Term, now: datetime) -> list[dict[str, str]]:
    """Return the steps of a holding's life under one rule, for the timeline."""

    def step(what: str, at: datetime | None, state: str, note: str = "") -> dict[str, str]:
        iso = at.isoformat() if at else ""
        return {
            "what": words.say(what),
            "when": words.moment(at) if at else "",
            "iso": iso,
            "state": state,
            "note": note,
        }

    start = term.anchor or holding.recorded
    why = term.anchor_text
    found = [step(marked("The term starts"), start, "done", why)]
    archived = term.archive_from is not None and term.archive_from <= now
    if term.archive_from is None or not archived:
        found.append(step(marked("In use"), None, "now"))
    if term.archive_from is not None:
        state = "now" if archived else "next"
        found.append(
            step(marked("Intermediate archive: access restricted"), term.archive_from, state)
        )
    if term.due is not None:
        end = marked("Anonymised: only figures remain")
        if term.action != "anonymised":
            end = marked("Deleted: its key is destroyed")
        found.append(step(end, term.due, "end"))
    return found


def namer(words: Wording, titles: Mapping[str, str]) -> Callable[[Holding], str]:
    """Return what names a holding; `titles` are those of enrolments."""

    def name(holding: Holding) -> str:
        if holding.object == WHOLE:
            return words.say(marked("All of it"))
        if holding.object in titles:
            return titles[holding.object]
        day = words.day(holding.recorded)
        match holding.category:
            case "minority":
                return words.say(marked("Minority, as of %(day)s"), day=day)
            case "payment":
                return words.say(marked("Invoice %(number)s"), number=holding.object)
            case "support":
                return words.say(marked("Request of %(day)s"), day=day)
            case "recording":
                return words.say(marked("Session recorded on %(day)s"), day=day)
            case "mail_content":
                return words.say(marked("Message of %(day)s"), day=day)
            case "technical_traces":
                return words.month(holding.object)
            case _:
                return words.say(marked("Item %(id)s"), id=holding.object[-8:])

    return name


def shown(words: Wording, datum: Datum) -> str:
    """Return a held value as people read it."""
    value = datum.value or ""
    if datum.field == "amount_cents" and value.isdigit():
        return words.money(value)
    if datum.field.startswith(("consent:", "objection:", "restriction:", "message:")):
        return labels.label(words, "state", value)
    if datum.field == "method":
        return labels.label(words, "method", value)
    return value


async def _collect(visitor: Visitor, path: str) -> tuple[Sequence[Part], Part]:
    *held, clocks = await visitor.caller.parts(
        *((service, path) for service in HOLDERS),
        ("retention", "/me/clocks"),
    )
    return held, clocks


def _rows(held: Sequence[Part]) -> list[Json]:
    return [row for part in held for row in items(part.data)]


async def _titles(visitor: Visitor) -> dict[str, str]:
    """Return what an object is called: an enrolment, also elsewhere, bears its module's title."""
    mine, brought = await visitor.caller.parts(
        ("learning", "/me/enrolments"), ("learning", "/me/imported-records")
    )
    own = {one["enrolment_id"]: one["title"] for one in items(mine.data)}
    return own | {one["import_id"]: _brought(visitor.words, one) for one in items(brought.data)}


def _brought(words: Wording, one: Json) -> str:
    """Return what a record from another platform is called: its title, and where it is from."""
    found = BroughtRecord(Imported.model_validate(one["brought"]), "known")
    title = found.title(words.language) or words.say(marked("Live session"))
    return words.say(marked("%(title)s, from %(platform)s"), title=title, platform=found.host)
