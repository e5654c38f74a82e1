"""A person who comes back leaves the intermediate archive at once (C2.5)."""

from services.retention.application.watch import Watch
from shared.consuming.envelope import Envelope
from shared.consuming.reactions import Reaction
from shared.events.identity import LearnerLoggedIn
from shared.topics import events_topic


def coming_back(watch: Watch) -> Reaction:
    """Return the reaction to a sign-in; the sweep sees to every other sign of life."""

    async def leave(envelope: Envelope) -> None:
        await watch.leave_archive(envelope.subject)

    return Reaction("come-back", (events_topic("identity"),), {LearnerLoggedIn: leave})
