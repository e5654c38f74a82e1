"""The service's errors as problem details, in both languages."""

from typing import Final

from services.consent.domain.errors import (
    AccountErasedError,
    EffectTooEarlyError,
    InvalidLinkError,
    PolicyReplacedError,
    TextChangedError,
    UnknownDecisionError,
    UnknownPolicyError,
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
    UnknownPolicyError: ProblemType(
        "unknown-policy",
        404,
        "Cette version de la politique n'existe pas ou n'est pas publique.",
        "There is no such version of the policy, or it is not public.",
    ),
    PolicyReplacedError: ProblemType(
        "policy-replaced",
        409,
        "Cette version a déjà été publiée ou remplacée. Rechargez la page.",
        "This version was already published or replaced. Load the page again.",
    ),
    EffectTooEarlyError: ProblemType(
        "effect-too-early",
        409,
        "Ce jour est trop tôt : chacun doit avoir été prévenu 30 jours avant. Laissez le jour vide"
        " pour prendre le premier possible.",
        "That day is too early: everybody must have been told 30 days before. Leave the day empty"
        " to take the first possible one.",
    ),
    AccountErasedError: ERASED,
}
