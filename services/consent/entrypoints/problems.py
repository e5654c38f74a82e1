"""The service's errors as problem details, in both languages."""

from typing import Final

from services.consent.domain.errors import (
    AccountErasedError,
    InvalidLinkError,
    TextChangedError,
    UnknownDecisionError,
    UnknownPurposeError,
)
from shared.http.problems import ERASED, ProblemType

PROBLEMS: Final[dict[type[Exception], ProblemType]] = {
    UnknownPurposeError: ProblemType(
        "unknown-purpose",
        404,
        "Ce choix n'existe pas.",
        "There is no such choice.",
    ),
    UnknownDecisionError: ProblemType(
        "unknown-decision",
        404,
        "Cette décision n'existe pas, ou n'a pas de reçu.",
        "There is no such decision, or it has no receipt.",
    ),
    TextChangedError: ProblemType(
        "text-changed",
        409,
        "Le texte a changé depuis que vous l'avez lu. Relisez-le avant de décider.",
        "The text has changed since you read it. Read it again before you decide.",
    ),
    InvalidLinkError: ProblemType(
        "invalid-link",
        400,
        "Ce lien est incomplet ou ne vient pas de nous.",
        "This link is incomplete or not ours.",
    ),
    AccountErasedError: ERASED,
}
