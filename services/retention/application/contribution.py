"""Retention's part of an access file: terms, recipients, and who read what (C8.1; art. 15(1))."""

from services.retention.application.processing_record import ProcessingRecords
from services.retention.application.readings import Readings
from services.retention.application.uses import Uses
from services.retention.domain.clocks.clock import Clock
from services.retention.domain.clocks.compute import clocks_of
from services.retention.domain.life.told import as_told
from services.retention.domain.processing.record import Activity
from services.retention.domain.ruleset.model import RuleSet
from shared.access_files import (
    Contribute,
    Contribution,
    PartReading,
    PartRecipients,
    PartTerm,
)
from shared.events.base import SubjectId
from shared.http.auth import STAFF_ROLES
from shared.words import Language


def contributing(uses: Uses, records: ProcessingRecords) -> Contribute:
    """Return what tells until when, by which rule, for what and for whom everything is held."""
    readings = Readings(uses)

    async def contribute(subject: SubjectId, _: Language) -> Contribution:
        life, rules, now = (
            await uses.lives.load(subject),
            await uses.rules.current(),
            uses.clock.now(),
        )
        clocks = [] if life is None else clocks_of(rules, as_told(life, now))
        record = await records.current()
        read = await readings.of(subject)
        return Contribution(
            terms=tuple(_term(clock, rules, clock.state(now)) for clock in clocks),
            recipients=tuple(map(_recipients, record.activities)),
            readings=tuple(
                PartReading(
                    at=one["read_at"],
                    service=one["service"],
                    role=one["role"],
                    categories=tuple(one["categories"]),
                    reason=one["reason"],
                )
                for one in read
            ),
        )

    return contribute


def _term(clock: Clock, rules: RuleSet, state: str) -> PartTerm:
    rule = rules.rule(clock.rule_id)
    return PartTerm(
        category=clock.category,
        object=clock.object,
        rule_id=clock.rule_id,
        title=rule.title if rule else None,
        purpose=rule.purpose if rule else None,
        legal_basis=rule.basis if rule else None,
        due=clock.acts_at or clock.due,
        action=clock.then,
        state=state,
    )


def _recipients(activity: Activity) -> PartRecipients:
    return PartRecipients(
        category=activity.category,
        purposes=activity.purposes,
        legal_bases=activity.legal_texts,
        roles=tuple(role for role in activity.roles if role in STAFF_ROLES),
        processors=tuple(f"{one.organisation} ({one.country})" for one in activity.processors),
    )
