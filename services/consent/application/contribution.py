"""Consent's part of an access file: every decision, with what was explained before it (C8.1)."""

from typing import Final, cast, get_args

from services.consent.application.handle import Consents
from services.consent.application.read import SOURCE, standing_decisions
from services.consent.domain.events import ConsentEvent, DecisionEvent, PolicyAnswered
from shared.access_files import Contribute, Contribution, copied, facts_of, values_of
from shared.events.base import SubjectId
from shared.words import Language

TOLD: Final = cast("tuple[type[ConsentEvent], ...]", (*get_args(DecisionEvent), PolicyAnswered))
"""What is told as having happened."""


def contributing(consents: Consents) -> Contribute:
    """Return what tells everything consent holds about a person."""

    async def contribute(subject: SubjectId, _: Language) -> Contribution:
        recorded = await consents.history(subject)
        standing = standing_decisions(await consents.of(subject))
        return Contribution(
            values=(
                *(copied(one, "learner") for one in standing),
                *values_of(SOURCE, recorded),
            ),
            facts=facts_of(recorded, TOLD),
        )

    return contribute
