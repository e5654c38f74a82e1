"""Keeping the policy: publishing a version, and what is in force (C12)."""

from datetime import date
from typing import Final

from services.consent.domain.policy.commands import PublishPolicy
from services.consent.domain.policy.decide import decide
from services.consent.domain.policy.events import PolicyPublished
from services.consent.domain.policy.evolve import evolve
from services.consent.domain.policy.state import PolicyState
from services.consent.domain.policy.text import Policies
from shared.clock import Clock
from shared.command_handler import CommandHandler
from shared.event_store import EventStore, Metadata
from shared.events.base import SubjectId
from shared.settings import ConfigurationError

STREAM: Final = "privacy-policy"
NOBODY: Final = SubjectId(STREAM)
"""The policy is about no person."""


class PolicyBook:
    """Every version of the policy: its words in files, its publication in one stream."""

    def __init__(self, store: EventStore, clock: Clock, policies: Policies) -> None:
        self.policies = policies
        self.clock = clock
        self._handler: CommandHandler[PublishPolicy, PolicyState, PolicyPublished] = CommandHandler(
            store, initial=PolicyState(), decide=decide, evolve=evolve, grows_long=False
        )

    async def state(self) -> PolicyState:
        """Return which versions were published."""
        return (await self._handler.state(STREAM))[0]

    async def publish(
        self,
        version: str,
        meta: Metadata,
        *,
        substantial: bool,
        effective_on: date | None,
        by: str,
    ) -> PolicyState:
        """Publish a version; return what is published then.

        Raises:
            UnknownPolicyError: there is no such version.
            PolicyReplacedError: it was published before, or one that replaces it was.
            EffectTooEarlyError: everybody cannot have been told in time (C12.1).
        """
        command = PublishPolicy(
            version=version,
            substantial=substantial,
            effective_on=effective_on,
            by=by,
            at=self.clock.now(),
            policies=self.policies,
        )
        outcome = await self._handler.outcome(STREAM, command, subject=NOBODY, meta=meta)
        return outcome.state

    async def verify(self) -> None:
        """Check that the words of what was published are still the same.

        Raises:
            ConfigurationError: a version says something else than was published, or is not there.
        """
        known = {text.version: text for text in self.policies.texts}
        for one in (await self.state()).published:
            text = known.get(one.version)
            if text is None:
                raise ConfigurationError(f"policy: {one.version}: published, and there is no file")
            if (text.digest("fr"), text.digest("en")) != (one.digests.fr, one.digests.en):
                raise ConfigurationError(f"policy: {one.version}: other words than were published")
