"""Which messages a person's choices decide about, asked right before each leaves (C8.3, C9.2)."""

from typing import Final

from services.notify.domain.basis import ASKED_FOR
from services.notify.domain.events import SuppressionReason
from services.notify.domain.kinds import class_of, purpose_of
from services.notify.domain.state import MessageState
from shared.choices import Choices, Use, token
from shared.events.consent import BY_MAIL
from shared.words import Text

CONTACT: Final = token("restriction", "contact")
HISTORY: Final = token("restriction", "learning_history")

REMINDERS: Final = Use(
    "reminder_mail", stopped_by=frozenset({token("objection", "reminders"), HISTORY, CONTACT})
)
SUGGESTIONS: Final = Use(
    "suggestion_mail", stopped_by=frozenset({token("objection", "suggestions"), HISTORY, CONTACT})
)
PROGRESS: Final = Use("progress_mail", stopped_by=frozenset({HISTORY, CONTACT}))
TEACHING: Final = {"suggestion": SUGGESTIONS, "progress": PROGRESS}
"""What teaching messages are uses of; the others remind."""
COURSE_MAIL: Final = Use(
    "course_mail",
    stopped_by=frozenset({CONTACT}),
    title=Text(fr="Messages sur vos formations", en="Messages about your courses"),
    stops=Text(
        fr=(
            "Ni accueil, ni rappel, ni suggestion, ni lettre, ni avis de progression, de"
            " certification ou de réponse ne vous est plus envoyé ; la sécurité du compte et ce que"
            " la loi exige le restent."
        ),
        en=(
            "No welcome, reminder, suggestion, newsletter, notice of progress, of a certification"
            " or of an answer is sent to you any more; the security of the account and what the law"
            " demands still is."
        ),
    ),
)


def consented(purpose: str) -> Use:
    """Return the use that sending a message for `purpose` is, which rests on consent."""
    return Use(purpose, needs=token("consent", purpose), stopped_by=frozenset({CONTACT}))


MARKETING: Final = {purpose: consented(purpose) for purpose in sorted(BY_MAIL)}
"""What may be sent by consent alone, by purpose."""


class ChoicesUnknownError(Exception):
    """Nobody knows at this moment whether the person agrees: the message waits."""


def refused_by(message: MessageState, choices: Choices) -> SuppressionReason | None:
    """Return which choice of the person keeps `message` from being sent; `None` where none does.

    Raises:
        ChoicesUnknownError: it rests on a choice, and what is known here is too old.
    """
    subject = message.subject_id
    match class_of(message.kind):
        case "marketing":
            purpose = purpose_of(message.kind, message.details.topic)
            if purpose is None:
                return "no_consent"
            use = MARKETING[purpose]
        case "teaching":
            use = TEACHING.get(message.kind, REMINDERS)
        case "transactional" if message.kind not in ASKED_FOR:
            return "restricted" if choices.holds(subject, CONTACT) else None
        case _:
            return None
    verdict = choices.verdict(subject, use)
    if verdict == "unknown":
        raise ChoicesUnknownError
    if verdict == "allowed":
        return None
    if choices.holds(subject, CONTACT):
        return "restricted"
    if use.needs is not None:
        # The list of recipients says yes: whichever is behind, the next attempt knows.
        raise ChoicesUnknownError
    return "objected"
