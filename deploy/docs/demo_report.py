"""`docs/demo-report.md`: what each field of the demonstration's `report.json` means."""

from collections.abc import Iterator
from typing import Any, Final, get_args

from pydantic import BaseModel

from deploy.demo.report.model import Report
from deploy.docs.described import attribute_docs, summary
from deploy.docs.written import DOCS, Documents

INTRODUCTION: Final = """\
# The report of the demonstration

<!-- Generated: `python -m deploy.docs`; do not edit. -->

`carionexiq demo --report DIR` writes `DIR/report.html` for people and `DIR/report.json` for
programs. The same seed gives the same report: nothing in it depends on the machine or on how long
the run took. Times are seconds of the virtual clock.
"""

MEANINGS: Final = {
    "format": "Version of this format.",
    "parameters": "What the run was asked for.",
    "people": "Who took part.",
    "promises": "What became of the objects of each promise.",
    "years": "What was held and forgotten, by calendar year and category.",
    "late_max_seconds": "Longest time between a term and the destruction it called for; at most "
    "one sweep interval.",
    "destroyed_before_minimum": "Objects destroyed before a legal minimum; must be 0.",
    "destroyed_without_reason": "Objects destroyed although no term, request or order said so; "
    "must be 0.",
    "readable_canaries": "Planted values of forgotten people found readable anywhere; must be 0.",
    "canaries": "Planted values, and what the scan found of them.",
    "sealed_values": "Encrypted values found, tried with every key there is.",
    "controls": "Values planted in plain on purpose, to prove that the scan sees.",
    "messages": "E-mail sent and suppressed, by kind.",
    "cases": "Erasures carried out.",
    "holds": "Legal holds, and what they kept.",
    "alarms": "Retention alarms raised, such as a missing anchor.",
    "dead_letters": "Records that no service could process.",
    "invariants": "What must hold after every run, and whether it did.",
    "passed": "Whether every invariant held; the command's exit code says the same.",
}
"""Meanings of the report's own fields; those of its parts stand in the code."""


def document() -> Documents:
    """Return the document by its file."""
    lines = [INTRODUCTION]
    for part in _parts(Report):
        docs = {**(MEANINGS if part is Report else {}), **attribute_docs(part)}
        lines += [f"## {part.__name__}", "", summary(part), "", "| field | type | |"]
        lines.append("| --- | --- | --- |")
        for name, field in part.model_fields.items():
            lines.append(f"| `{name}` | {_name(field.annotation)} | {docs.get(name, '')} |")
        lines.append("")
    return {DOCS / "demo-report.md": "\n".join(lines)}


def _parts(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Yield `model` and the models its fields lead to, each once."""
    seen: dict[type[BaseModel], None] = {}
    waiting = [model]
    while waiting:
        part = waiting.pop(0)
        if part in seen:
            continue
        seen[part] = None
        for field in part.model_fields.values():
            waiting += _models(field.annotation)
    yield from seen


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in _models(inner)]


def _name(annotation: Any) -> str:
    """Return `annotation` as a reader of JSON would say it."""
    arguments = [_name(inner) for inner in get_args(annotation) if inner is not Ellipsis]
    if not arguments:
        return annotation.__name__ if isinstance(annotation, type) else repr(annotation)
    origin = getattr(annotation, "__origin__", None)
    match getattr(origin, "__name__", ""):
        case "Mapping" | "dict":
            return f"object: {arguments[0]} to {arguments[1]}"
        case "tuple" | "list":
            return f"list of {arguments[0]}"
        case _:
            return " or ".join(arguments)
