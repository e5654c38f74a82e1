"""Making the record of processing activities from the rules, rights and processors in force."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from services.retention.application.processors import Processors
from services.retention.application.rule_book import RuleBook
from services.retention.domain.processing.record import Record, record_of
from shared.personal import Category
from shared.rights import Rights
from shared.rights.table import load_rights
from shared.yaml_text import parsed

FILE: Final = Path(__file__).parents[1] / "processing" / "fields.yaml"
CONTACT: Final = "contact@carionexiq.com"
_FIELDS: Final = TypeAdapter(dict[Category, tuple[str, ...]])


class ProcessingRecords:
    """The record as it is at this moment."""

    def __init__(self, rules: RuleBook, processors: Processors) -> None:
        self._rules = rules
        self._processors = processors

    async def current(self) -> Record:
        """Return the record."""
        book = await self._processors.book()
        return record_of(
            await self._rules.current(),
            personal_fields_by_category(),
            roles_by_category(load_rights()),
            [one.terms for one in book.current()],
            CONTACT,
        )


@cache
def personal_fields_by_category() -> Mapping[Category, Sequence[str]]:
    """Return every personal field of every event, by its category."""
    return _FIELDS.validate_python(parsed(FILE.read_text(encoding="utf-8")))


def roles_by_category(rights: Rights) -> dict[Category, list[str]]:
    """Return which roles the table of rights lets open each category."""
    found: dict[Category, set[str]] = {}
    for endpoint in rights.endpoints():
        for role in rights.roles_at(endpoint):
            for category in rights.categories_at(endpoint, role):
                found.setdefault(category, set()).add(str(role))
    return {category: sorted(roles) for category, roles in found.items()}
