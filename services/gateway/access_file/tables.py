"""The access file as JSON and as CSV, one table a category."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from services.gateway import labels
from services.gateway.access_file.joining import Holding, Told, ToldValue
from services.gateway.access_file.opening import Opening
from services.gateway.wording import Wording, marked
from shared.packaging import PackageFile, csv_table
from shared.words import Text

CSV: Final = "text/csv; charset=utf-8"
JSON: Final = "application/json"
COLUMNS: Final = (
    marked("Category"),
    marked("Object"),
    marked("What"),
    marked("Value"),
    marked("Since"),
    marked("Source"),
    marked("Held by"),
    marked("Purpose"),
    marked("Legal basis"),
    marked("Recipients inside"),
    marked("Processors"),
    marked("Kept until"),
    marked("By which rule"),
)
FACTS: Final = (
    marked("When"),
    marked("What happened"),
    marked("Source"),
    marked("Held by"),
    marked("Circumstances"),
)
READINGS: Final = (marked("When"), marked("Who read"), marked("Held by"), marked("Categories"))
LATER: Final = marked("A later event decides")


def data_json(told: Told, opening: Opening) -> PackageFile:
    """Return everything as JSON: each value exactly as it is held, texts in both languages."""
    content = {
        "format": "carionexiq-access/1",
        "file_id": opening.file_id,
        "requested_at": opening.requested_at.isoformat(),
        "language": opening.language,
        "values": [
            _json_value(holding, one) for holding in told.holdings for one in holding.values
        ],
        "facts": [
            {**fact.model_dump(mode="json"), "held_by": service} for service, fact in told.facts
        ],
        "readings": [one.model_dump(mode="json") for one in told.readings],
    }
    text = json.dumps(content, ensure_ascii=False, indent=2)
    return PackageFile("data.json", JSON, text.encode())


def _json_value(holding: Holding, one: ToldValue) -> dict[str, Any]:
    return {
        **one.value.model_dump(mode="json"),
        "held_by": one.held_by,
        "purpose": _both(holding.purpose),
        "legal_basis": _both(holding.legal_basis),
        "recipients": {"roles": holding.roles, "processors": holding.processors},
        "kept_until": holding.until.isoformat() if holding.until else None,
        "then": holding.then,
        "rule": holding.rule_id,
    }


def _both(text: Text | None) -> dict[str, str] | None:
    return None if text is None else text.model_dump()


def tables(told: Told, words: Wording) -> Iterable[PackageFile]:
    """Yield one CSV a category, that of what happened, and that of who read what."""
    for category, holdings in told.categories:
        rows = [_row(holding, one, words) for holding in holdings for one in holding.values]
        yield _table(str(category), COLUMNS, rows, words)
    facts = [
        (
            fact.at.isoformat(),
            fact.event,
            role_of(words, fact.source),
            labels.label(words, "service", service),
            "; ".join(f"{name}={value}" for name, value in fact.details.items()),
        )
        for service, fact in told.facts
    ]
    yield _table("what-happened", FACTS, facts, words)
    readings = [
        (
            one.at.isoformat(),
            role_of(words, one.role),
            labels.label(words, "service", one.service),
            ", ".join(labels.label(words, "category", name) for name in one.categories),
        )
        for one in told.readings
    ]
    yield _table("who-read-it", READINGS, readings, words)


def _table(
    name: str, columns: Sequence[str], rows: Iterable[Sequence[str]], words: Wording
) -> PackageFile:
    heading = [words.say(column) for column in columns]
    return PackageFile(f"csv/{name}.csv", CSV, csv_table(heading, rows))


def _row(holding: Holding, one: ToldValue, words: Wording) -> tuple[str, ...]:
    return (
        labels.label(words, "category", holding.category),
        holding.object,
        labels.label(words, "field", one.value.field),
        value_of(words, one),
        one.value.recorded_at.isoformat(),
        role_of(words, one.value.source),
        labels.label(words, "service", one.held_by),
        said(words, holding.purpose),
        said(words, holding.legal_basis),
        ", ".join(role_of(words, role) for role in holding.roles),
        ", ".join(holding.processors),
        holding.until.isoformat() if holding.until else words.say(LATER),
        said(words, holding.rule),
    )


def said(words: Wording, text: Text | None) -> str:
    """Return `text` in the language of `words`, a dash where there is none."""
    return "—" if text is None else text.say(words.language)


def role_of(words: Wording, role: str) -> str:
    """Return who a value or a reading comes from: `You` for the person, else the role."""
    if role in YOU:
        return words.say(marked("You"))
    return labels.label(words, "role", role)


YOU: Final = frozenset({"learner", "subject", "prospect", "anybody"})
"""Roles in which the person says something of themselves."""


def value_of(words: Wording, one: ToldValue) -> str:
    """Return a value as the file shows it, or why it is not told."""
    match one.value.withheld:
        case "secret":
            return words.say(marked("[not told: it would open the account]"))
        case "other_person":
            return words.say(marked("[not told: it is somebody else’s]"))
        case _:
            erased = words.say(marked("[erased]"))
            return erased if one.value.value is None else one.value.value
