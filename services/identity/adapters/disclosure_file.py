"""The file that is handed over to an authority: readable page, data by service, manifest, hashes.

The same parts make the same bytes, so that what was approved is what is handed over.
"""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.identity.domain.demand.state import Demand, Disclosure
from shared.demand_words import DEMAND_AUTHORITIES, LEGAL_ARTICLES
from shared.disclosures.filter import PARIS
from shared.disclosures.part import values_of
from shared.events.demands import WithheldReason
from shared.packaging import PackagedPart, PackageFile, package
from shared.words import CATEGORIES

TEMPLATE: Final = "disclosure.html"
WITHHELD: Final[Mapping[WithheldReason, str]] = {
    "others": "donnée d’un tiers",
    "erased": "déjà effacée",
    "secret": "secret de connexion",
}
"""Why something that was asked for is not in the file. What was not asked for is not even counted
there: that it exists would be more than was demanded."""

_PAGES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def disclosure_file(demand: Demand, one: Disclosure, contents: Mapping[str, bytes]) -> bytes:
    """Return the ZIP of `contents`, by service, with a page that people can read."""
    made_at = one.prepared_at
    persons = _by_person(contents)
    page = _PAGES.get_template(TEMPLATE).render(
        demand=demand,
        one=one,
        authority=DEMAND_AUTHORITIES[demand.authority].fr,
        article=demand.basis.article_reference or LEGAL_ARTICLES[demand.basis.article].fr,
        day=lambda at: f"{at.astimezone(PARIS):%d/%m/%Y %H:%M}",
        categories=CATEGORIES,
        persons={person: persons.get(person, []) for person in one.scope.persons},
        withheld=_withheld(one),
        words=WITHHELD,
    )
    scope = json.dumps(one.scope.model_dump(mode="json"), ensure_ascii=False, indent=2)
    files = [
        PackageFile("lisez-moi.html", "text/html", page.encode()),
        PackageFile("perimetre.json", "application/json", scope.encode()),
        *(
            PackageFile(f"donnees/{service}.json", "application/json", content)
            for service, content in sorted(contents.items())
        ),
    ]
    parts = [
        PackagedPart(
            service=part.service,
            made_at=made_at,
            values=sum(count.count for count in part.disclosed),
            size=part.size,
            sha256=part.sha256,
        )
        for part in sorted(one.parts, key=lambda part: part.service)
    ]
    return package("disclosure", files, made_at, parts)


def _by_person(contents: Mapping[str, bytes]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for _, content in sorted(contents.items()):
        for person, values in values_of(content).items():
            found.setdefault(person, []).extend(values)
    return found


def _withheld(one: Disclosure) -> list[tuple[str, str, WithheldReason, int]]:
    found: Counter[tuple[str, str, WithheldReason]] = Counter()
    for part in one.parts:
        for count in part.withheld:
            if count.reason in WITHHELD:
                found[count.person, str(count.category), count.reason] += count.count
    return [(*key, number) for key, number in sorted(found.items())]
