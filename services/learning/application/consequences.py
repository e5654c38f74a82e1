"""What a choice would change for one person here, computed by what computes the uses (C8.3)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from babel.dates import format_date

from services.learning.application.handle import Learning
from services.learning.application.history import EnrolmentHistory, PersonHistory, load_history
from services.learning.application.suggest import considered
from services.learning.application.uses import USES
from services.learning.domain.catalogue.text import Language
from services.learning.domain.enrolment.decide import IDLE_AFTER
from services.learning.domain.suggestions import suggest
from shared.choices import Consequences, Use, consequences_of
from shared.events.base import SubjectId
from shared.words import Text

AT_MOST: Final = 5
ANSWERS: Final = Text(fr="« {title} », réponses données : {n}", en="“{title}”, answers given: {n}")
AWAITED: Final = Text(
    fr="« {title} », réponses données : {n}, une décision de certification est attendue",
    en="“{title}”, answers given: {n}, a decision about a certification is awaited",
)
DUE: Final = Text(
    fr="« {title} » : rappel prévu le {day} sans réponse d’ici là",
    en="“{title}”: a reminder on {day} without an answer until then",
)
SESSION: Final = Text(fr="Session du {day}", en="Session of {day}")


async def consequences(
    learning: Learning, subject: SubjectId, choice: str, language: Language
) -> Consequences:
    """Return what `choice` would stop for `subject`, with examples as of now."""
    person = await load_history(learning, subject)

    async def examples(use: Use) -> Sequence[str]:
        return _examples(learning, person, use, language)[:AT_MOST]

    return await consequences_of(choice, USES, language, examples)


def _examples(learning: Learning, person: PersonHistory, use: Use, language: Language) -> list[str]:
    now = learning.clock.now()
    held = [one for one in person.enrolments.values() if not one.state.anonymised]

    def title(one: EnrolmentHistory) -> str:
        return learning.catalogue.module(one.state.module_id).title.to(language)

    match use.name:
        case "suggestions":
            found = suggest(learning.catalogue, considered(person))
            return [one.module.title.to(language) for one in found]
        case "reminders":
            return [
                DUE.say(language).format(
                    title=title(one),
                    day=format_date(_last_act(one) + IDLE_AFTER, "long", locale=language),
                )
                for one in held
                if one.state.is_running(now) and not one.state.awaits_decision
            ]
        case "statistics":
            return [title(one) for one in held]
        case "teaching":
            return [
                (AWAITED if one.state.awaits_decision else ANSWERS)
                .say(language)
                .format(title=title(one), n=len(one.answers))
                for one in held
            ]
        case "recordings_read":
            return [
                SESSION.say(language).format(
                    day=format_date(one.recorded.recorded_at, "long", locale=language)
                )
                for one in person.recordings.values()
                if not one.recorded.title.is_erased
            ]
        case _:
            return []


def _last_act(one: EnrolmentHistory) -> datetime:
    acts = [answer.answered_at for answer in one.answers]
    if one.state.enrolled_at is not None:
        acts.append(one.state.enrolled_at)
    return max(acts)
