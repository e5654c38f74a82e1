"""Adopting a rule set: shown in words and numbers, then adopted by two persons, for a reason."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from services.retention.application.rule_book import RuleBook, Source
from services.retention.application.trial import Trials
from services.retention.domain.errors import RetentionError
from services.retention.domain.proposal.acts import AdoptRules
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

    async def check(self, act: AdoptRules, *, by: str) -> None:
        """Refuse what could not be adopted as things stand.

        Raises:
            RuleSetNotFoundError: none is kept under the digest.
            RetentionError: as `domain.ruleset.adoption.decide` says.
        """
        await self._decided(_command(act, self._clock.now(), by=by))

    async def adopt(
        self, act: AdoptRules, *, by: str, confirmed_by: str | None, reason: str, meta: Metadata
    ) -> None:
        """Bring a kept rule set into force at once.

        Args:
            act: which one, and how many objects who adopts it knows to go at once.
            by: who asked for it.
            confirmed_by: the second person.
            reason: why, never about a person.
            meta: who carries it out.

        Raises:
            RuleSetNotFoundError: none is kept under the digest.
            RetentionError: as `domain.ruleset.adoption.decide` says.
        """
        if await self._rules.carried_out(meta):
            return
        command = _command(act, self._clock.now(), by=by, reason=reason, confirmed_by=confirmed_by)
        await self._rules.adopt(await self._decided(command), meta)

    async def _decided(self, command: AdoptVersion) -> AdoptVersion:
        """Return the command with what would go now, counted over everybody.

        Raises:
            RetentionError: it would be refused.
        """
        rules, state = await self._rules.rule_set(command.digest), await self._rules.state()
        # What can be refused without looking at everybody is refused first.
        decide(command, state)
        counted = replace(command, goes_at_once=await self._trials.goes_at_once(rules))
        decide(counted, state)
        return counted


def _command(
    act: AdoptRules, at: datetime, *, by: str, reason: str = "", confirmed_by: str | None = None
) -> AdoptVersion:
    return AdoptVersion(
        version=act.version,
        digest=act.digest,
        at=at,
        by=by,
        reason=reason,
        instead_of=act.instead_of,
        confirmed=act.goes_at_once,
        goes_at_once=act.goes_at_once,
        confirmed_by=confirmed_by,
    )
