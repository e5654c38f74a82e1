"""Everything the consent service holds about one person (C8.1)."""

from services.consent.application.handle import Consents
from services.consent.application.read import held_decisions
from shared.events.base import SubjectId
from shared.held_data import HeldDatum


async def held_by(consents: Consents, subject: SubjectId) -> list[HeldDatum]:
    """Return the decisions of `subject`, with what was explained before each."""
    return held_decisions(await consents.of(subject), await consents.history(subject))
