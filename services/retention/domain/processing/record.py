"""One activity for each category of data: rules, fields, rights and processors put together."""

from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import BaseModel, ConfigDict

from services.retention.domain.processing.words import PERSONS, SECURITY
from services.retention.domain.ruleset.model import LegalBasis, Rule, RuleSet
from shared.personal import WITHOUT_TERM, Category
from shared.processors.model import Country, Ground, ProcessorTerms
from shared.processors.rules import EEA
from shared.words import CATEGORIES, Text


class Kept(BaseModel):
    """How long, by one rule, and what happens then."""

    model_config = ConfigDict(frozen=True)

    rule_id: str
    title: Text
    then: str
    promises: tuple[str, ...]


class Recipient(BaseModel):
    """A processor that receives data of the activity."""

    model_config = ConfigDict(frozen=True)

    organisation: str
    country: Country
    ground: Ground | None
    """What the transfer rests on, outside the European Economic Area."""

    @property
    def is_transfer(self) -> bool:
        """Whether data leaves the European Economic Area."""
        return self.country not in EEA


class Activity(BaseModel):
    """One processing activity (GDPR art. 30(1))."""

    model_config = ConfigDict(frozen=True)

    reference: str
    category: Category
    name: Text
    purposes: tuple[Text, ...]
    bases: tuple[LegalBasis, ...]
    legal_texts: tuple[Text, ...]
    persons: Text
    fields: tuple[str, ...]
    roles: tuple[str, ...]
    """Who inside may open it, by the table of rights."""
    processors: tuple[Recipient, ...]
    kept: tuple[Kept, ...]
    security: tuple[Text, ...] = SECURITY


class Record(BaseModel):
    """The record as of one version of the rules."""

    model_config = ConfigDict(frozen=True)

    version: str
    controller: str
    contact: str
    activities: tuple[Activity, ...]


CONTROLLER: Final = "carionexiq"


def record_of(
    rules: RuleSet,
    fields: Mapping[Category, Sequence[str]],
    roles: Mapping[Category, Sequence[str]],
    processors: Sequence[ProcessorTerms],
    contact: str,
) -> Record:
    """Return the record: every category that has a term, with every rule, field and recipient."""
    ordered = [one for one in Category if one not in WITHOUT_TERM]
    return Record(
        version=rules.version,
        controller=CONTROLLER,
        contact=contact,
        activities=tuple(
            _activity(
                f"T-{number:02}",
                category,
                rules.covering(category),
                tuple(fields[category]),
                tuple(roles.get(category, ())),
                tuple(_recipients(category, processors)),
            )
            for number, category in enumerate(ordered, 1)
        ),
    )


def _activity(
    reference: str,
    category: Category,
    rules: Sequence[Rule],
    fields: tuple[str, ...],
    roles: tuple[str, ...],
    processors: tuple[Recipient, ...],
) -> Activity:
    return Activity(
        reference=reference,
        category=category,
        name=CATEGORIES[category],
        purposes=tuple(dict.fromkeys(rule.purpose for rule in rules)),
        bases=tuple(dict.fromkeys(rule.legal_basis for rule in rules)),
        legal_texts=tuple(dict.fromkeys(rule.basis for rule in rules)),
        persons=PERSONS[category],
        fields=fields,
        roles=roles,
        processors=processors,
        kept=tuple(
            Kept(rule_id=rule.id, title=rule.title, then=rule.then, promises=rule.promises)
            for rule in rules
        ),
    )


def _recipients(category: Category, processors: Sequence[ProcessorTerms]) -> list[Recipient]:
    return [
        Recipient(
            organisation=organisation,
            country=country,
            ground=guarantee.ground if guarantee is not None and country not in EEA else None,
        )
        for one in processors
        if category in one.categories
        for organisation, country, guarantee in (
            (one.organisation, one.country, one.guarantee),
            *((sub.organisation, sub.country, sub.guarantee) for sub in one.sub_processors),
        )
    ]
