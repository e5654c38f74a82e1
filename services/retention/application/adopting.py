"""Adopting a rule set: shown in words and numbers, then confirmed by somebody, for a reason."""

from dataclasses import dataclass, replace
from typing import Final

from services.retention.application.rule_book import RuleBook, Source
from services.retention.application.trial import Trials
from services.retention.domain.errors import RetentionError
from services.retention.domain.ruleset.adoption import AdoptVersion, decide
from services.retention.domain.ruleset.difference import RuleChange, differences
from services.retention.domain.ruleset.model import RuleSet
from shared.clock import Clock
from shared.event_store import Metadata

SOMEBODY: Final = "somebody"
"""Stands for whoever may adopt a rule set, before anybody does."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A kept rule set beside the one in force."""

    rules: RuleSet
    in_force: RuleSet
    changes: tuple[RuleChange, ...]
    obstacle: RetentionError | None
    """Why it could not be adopted as things stand."""
    was_in_force: bool
    """Whether the same text was in force before: adopting it goes back."""


class Adopting:
    """Takes a rule set from a text to the one in force."""

    def __init__(self, rules: RuleBook, trials: Trials, clock: Clock) -> None:
        self._rules = rules
        self._trials = trials
        self._clock = clock

    async def submit(self, source: Source, meta: Metadata) -> Candidate:
        """Keep a text and show it beside the rules in force.

        Raises:
            RuleSetError: it is no rule set, or breaks a promise or the law.
        """
        kept = await self._rules.keep(source, meta)
        return await self.candidate(kept.digest)

    async def candidate(self, digest: str) -> Candidate:
        """Show a kept rule set beside the one in force.

        Raises:
            RuleSetNotFoundError: none is kept under that digest.
        """
        rules, in_force = await self._rules.rule_set(digest), await self._rules.current()
        state = await self._rules.state()
        obstacle: RetentionError | None = None
        try:
            decide(AdoptVersion(rules.version, digest, self._clock.now(), by=SOMEBODY), state)
        except RetentionError as refusal:
            obstacle = refusal
        return Candidate(
            rules=rules,
            in_force=in_force,
            changes=tuple(differences(in_force, rules)),
            obstacle=obstacle,
            was_in_force=digest in state.adopted.values(),
        )

    async def adopt(
        self, digest: str, *, instead_of: str, reason: str, confirmed: int, meta: Metadata
    ) -> None:
        """Bring a kept rule set into force at once.

        Args:
            digest: which one.
            instead_of: digest of the rules it was compared with.
            reason: why, never about a person.
            confirmed: how many objects whoever adopts it knows to go at once.
            meta: who adopts it.

        Raises:
            RuleSetNotFoundError: none is kept under `digest`.
            RetentionError: as `domain.ruleset.adoption.decide` says.
        """
        if await self._rules.carried_out(meta):
            return
        rules = await self._rules.rule_set(digest)
        command = AdoptVersion(
            version=rules.version,
            digest=digest,
            at=self._clock.now(),
            by=meta.actor,
            reason=reason,
            instead_of=instead_of,
            confirmed=confirmed,
            goes_at_once=confirmed,
        )
        # What can be refused without looking at everybody is refused first.
        decide(command, await self._rules.state())
        going = await self._trials.goes_at_once(rules)
        await self._rules.adopt(replace(command, goes_at_once=going), meta)
