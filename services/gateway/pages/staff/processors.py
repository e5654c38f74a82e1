"""The register of processors: who works for us, on what that rests, until when (C6.1, C10.1)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Final

from babel import Locale
from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from services.gateway.pages.staff.choices import OF_PEOPLE, boxed, named, said
from services.gateway.services import Json, ServiceProblemError
from services.gateway.visitor import Visitor, may
from shared.processors import model
from shared.processors.rules import REFUSALS

router = APIRouter(prefix="/staff/processors")

Watchful = Annotated[Visitor, may("retention GET /processors")]
Officer = Annotated[Visitor, may("retention POST /processors")]
PATH: Final = "/processors"
PAGE: Final = "staff/processors.html"
ONE: Final = "staff/processor.html"
PARTS: Final = 5
"""Of a sub-processor's line: organisation, country, ground, reference, last day."""


@router.get("")
async def show(visitor: Watchful) -> Response:
    """Show the register."""
    return visitor.page(PAGE, **await _context(visitor))


@router.post("")
async def declare(visitor: Officer) -> Response:
    """Enter a processor."""
    form = await visitor.form()
    body = {"processor_id": form.get("processor_id", ""), "terms": terms_of(form)}
    try:
        await visitor.caller.send("POST", "retention", PATH, body, key=form.get("once"))
    except ServiceProblemError as error:
        return visitor.refused(PAGE, error, form, **await _context(visitor))
    return visitor.go("/staff/processors", notice="processor-declared")


@router.get("/{processor_id}")
async def show_one(visitor: Officer, processor_id: str) -> Response:
    """Show what is agreed with one processor, to amend it."""
    context = await _context(visitor, processor_id)
    return visitor.page(ONE, values=form_of(context["one"]["terms"]), **context)


@router.post("/{processor_id}")
async def amend(visitor: Officer, processor_id: str) -> Response:
    """Note what is agreed from now on."""
    form = await visitor.form()
    path = f"{PATH}/{processor_id}"
    try:
        await visitor.caller.send("PUT", "retention", path, terms_of(form), key=form.get("once"))
    except ServiceProblemError as error:
        return visitor.refused(ONE, error, form, **await _context(visitor, processor_id))
    return visitor.go("/staff/processors", notice="processor-amended")


@router.get("/{processor_id}/end")
async def ask_end(visitor: Officer, processor_id: str) -> Response:
    """Say what ending does, and ask for one press."""
    return visitor.page("staff/processor_end.html", **await _context(visitor, processor_id))


@router.post("/{processor_id}/end")
async def end(visitor: Officer, processor_id: str) -> Response:
    """Let nothing flow to a processor any more."""
    form = await visitor.form()
    await visitor.caller.send("DELETE", "retention", f"{PATH}/{processor_id}", key=form.get("once"))
    return visitor.go("/staff/processors", notice="processor-ended")


def terms_of(form: Mapping[str, str]) -> Json:
    """Return the terms that a form tells; what is wrong in them the service says."""
    certificates = [
        {
            "kind": kind,
            "reference": form.get(f"{kind}-reference", ""),
            "valid_until": form.get(f"{kind}-until", ""),
        }
        for kind in model.CERTIFICATES
        if form.get(f"{kind}-reference") or form.get(f"{kind}-until")
    ]
    return {
        "organisation": form.get("organisation", "").strip(),
        "country": form.get("country", ""),
        "flows": boxed(form, "flow"),
        "categories": boxed(form, "category"),
        "contract": form.get("contract", ""),
        "contract_until": form.get("contract_until") or None,
        "certificates": certificates,
        "guarantee": _guarantee(
            form.get("ground", ""), form.get("guarantee", ""), form.get("guarantee_until", "")
        ),
        "sub_processors": [
            _sub_processor(line) for line in form.get("sub_processors", "").splitlines() if line
        ],
    }


def form_of(terms: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields of the form in which `terms` are written."""
    guarantee = terms["guarantee"] or {}
    fields = {
        "organisation": terms["organisation"],
        "country": terms["country"],
        "contract": terms["contract"],
        "contract_until": terms["contract_until"] or "",
        "ground": guarantee.get("ground", ""),
        "guarantee": guarantee.get("reference", ""),
        "guarantee_until": guarantee.get("valid_until") or "",
        "sub_processors": "\n".join(_line(one) for one in terms["sub_processors"]),
    }
    fields |= {f"flow-{one}": "yes" for one in terms["flows"]}
    fields |= {f"category-{one}": "yes" for one in terms["categories"]}
    for one in terms["certificates"]:
        fields[f"{one['kind']}-reference"] = one["reference"]
        fields[f"{one['kind']}-until"] = one["valid_until"]
    return fields


def countries(visitor: Visitor) -> dict[str, str]:
    """Return what countries are called in the visitor's language, by code."""
    territories = Locale(visitor.language).territories
    return {code: str(name) for code, name in territories.items() if len(code) == 2}  # noqa: PLR2004 - not a continent


def _guarantee(ground: str, reference: str, until: str) -> Json | None:
    if not ground:
        return None
    return {"ground": ground, "reference": reference, "valid_until": until or None}


def _sub_processor(line: str) -> Json:
    organisation, country, ground, reference, until = (
        *(part.strip() for part in line.split(";", PARTS - 1)),
        *[""] * PARTS,
    )[:PARTS]
    return {
        "organisation": organisation,
        "country": country,
        "guarantee": _guarantee(ground, reference, until),
    }


def _line(one: Mapping[str, Any]) -> str:
    found = one["guarantee"] or {}
    rest = [found.get(name) or "" for name in ("ground", "reference", "valid_until")]
    return "; ".join([one["organisation"], one["country"], *rest]).rstrip("; ")


async def _context(visitor: Visitor, processor_id: str | None = None) -> dict[str, Any]:
    lands = countries(visitor)
    context: dict[str, Any] = {
        "flows": said(visitor, model.FLOWS),
        "categories": named(visitor, "category", OF_PEOPLE),
        "grounds": [("", "—"), *said(visitor, model.GROUNDS)],
        "certificates": said(visitor, model.CERTIFICATES),
        "reasons": dict(said(visitor, REFUSALS)),
        "countries": sorted(lands.items(), key=lambda one: one[1]),
        "country_names": lands,
        "certificate_names": dict(said(visitor, model.CERTIFICATES)),
        "flow_names": dict(said(visitor, model.FLOWS)),
        "ground_names": dict(said(visitor, model.GROUNDS)),
    }
    if processor_id is None:
        return {**context, "register": await visitor.caller.part("retention", PATH)}
    found = await visitor.caller.get("retention", PATH)
    mine = (one for one in found["items"] if one["processor_id"] == processor_id)
    if (one := next(mine, None)) is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return {**context, "one": one}
