"""Bringing the rule set in force at the start, once per version of its text."""

from datetime import datetime

from services.retention.domain.ruleset.adoption import (
    AdoptVersion,
    InForce,
    VersionAdopted,
    decide,
    evolve,
)
from services.retention.domain.ruleset.model import RuleSet
from shared.command_handler import CommandHandler
from shared.event_store import EventStore, Metadata
from shared.events.base import SubjectId

STREAM = "ruleset"


async def adopt(store: EventStore, rules: RuleSet, at: datetime) -> bool:
    """Record that `rules` are in force; tell whether that was news."""
    handler: CommandHandler[AdoptVersion, InForce, VersionAdopted] = CommandHandler(
        store, initial=InForce(), decide=decide, evolve=evolve
    )
    commit = await handler.handle(
        STREAM,
        AdoptVersion(rules.version, rules.digest, at),
        subject=SubjectId(STREAM),
        meta=Metadata.system("adopted at the start"),
    )
    return bool(commit.event_ids)
