"""A life as it would be if something happened that has not: for "what if"."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, assert_never

from services.retention.domain.life.fold import Happened, fold
from services.retention.domain.life.life import Life
from shared.events import consent, identity, learning, retention
from shared.events.base import PublicEvent, SubjectId

What = Literal["signs_in", "contract_ends", "withdraws_consent", "closes_account", "asks_erasure"]

LAST: Final = 1_000_000_000
"""Place in its stream of what is supposed: after everything that has happened."""


@dataclass(frozen=True, slots=True)
class Supposition:
    """Something that did not happen, and when it would."""

    what: What
    at: datetime


def suppose(life: Life, suppositions: Sequence[Supposition]) -> Life:
    """Return `life` as it would be with all of `suppositions`; `life` itself stays as it is."""
    supposed = deepcopy(life)
    for number, one in enumerate(sorted(suppositions, key=lambda s: s.at)):
        for event in _events(supposed, one):
            fold(supposed, Happened(event, one.at, LAST + number))
    return supposed


def _events(life: Life, supposition: Supposition) -> Iterator[PublicEvent]:
    who = SubjectId(life.subject)
    match supposition.what:
        case "signs_in":
            yield identity.LearnerLoggedIn(learner_id=who)
        case "contract_ends":
            yield from _contracts_end(life, who)
        case "withdraws_consent":
            consents = (name for name in life.status if name.startswith("consent/"))
            given = [name.removeprefix("consent/") for name in consents]
            for purpose in given or ["newsletter"]:
                yield consent.ConsentWithdrawn.model_validate(
                    {"learner_id": who, "purpose": purpose, "channel": "portal"}
                )
        case "closes_account":
            yield from _contracts_end(life, who)
            yield identity.AccountClosed(learner_id=who, reason="learner")
        case "asks_erasure":
            yield retention.ErasureRequested(case_id="supposed", subject_id=who)
        case _:
            assert_never(supposition.what)


def _contracts_end(life: Life, who: SubjectId) -> Iterator[PublicEvent]:
    for enrolment in list(life.objects("enrolment")):
        if f"enrolment/{enrolment}/ended" not in life.first:
            yield learning.EnrolmentEnded(learner_id=who, enrolment_id=enrolment, reason="learner")
