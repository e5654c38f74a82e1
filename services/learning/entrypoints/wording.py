"""Sentences of the learning service, in French and English."""

from typing import Final, assert_never

from services.learning.domain.catalogue.model import Catalogue, Level
from services.learning.domain.catalogue.text import Language, Text
from services.learning.domain.suggestions import WEAK_BELOW, Suggestion

OBJECTION_STOPS: Final = Text(
    fr=(
        "Vous vous opposez à l'analyse de vos progrès ou la limitez : aucune suggestion n'est "
        "calculée. "
        "Vos cours restent ouverts."
    ),
    en=(
        "You object to the analysis of your progress or restrict it: no suggestion is computed. "
        "Your courses stay open."
    ),
)

NOT_KNOWN: Final = Text(
    fr=(
        "Nous ne pouvons pas vérifier vos choix en ce moment : aucune suggestion n'est calculée. "
        "Réessayez dans un instant."
    ),
    en=(
        "We cannot check your choices at this moment: no suggestion is computed. Try again shortly."
    ),
)

LEVEL_NAMES: Final[dict[Level, Text]] = {
    "beginner": Text(fr="débutant", en="beginner"),
    "intermediate": Text(fr="intermédiaire", en="intermediate"),
    "advanced": Text(fr="avancé", en="advanced"),
}

WEAK: Final = Text(
    fr=(
        "Vous obtenez {mean} % en moyenne en « {name} » (seuil : {threshold} %) ; "
        "ce module le travaille."
    ),
    en="You average {mean}% in “{name}” (threshold: {threshold}%); this module trains it.",
)
NEXT: Final = Text(
    fr="Vous avez terminé un module du niveau précédent ; celui-ci est de niveau {level}.",
    en="You have completed a module of the level before; this one is {level}.",
)
FIRST: Final = Text(
    fr="Vous débutez : ce module ne demande aucune connaissance préalable.",
    en="You are starting out: this module needs no previous knowledge.",
)


def reason_of(suggestion: Suggestion, catalogue: Catalogue, language: Language) -> str:
    """Return why the module is suggested, with the figures the rule looked at (C5.1)."""
    match suggestion.rule:
        case "weak_competency":
            competency = catalogue.competency(suggestion.competency_id or "")
            return WEAK.to(language).format(
                mean=suggestion.mean_score,
                name=competency.name.to(language),
                threshold=WEAK_BELOW,
            )
        case "next_level":
            level = LEVEL_NAMES[suggestion.module.level].to(language)
            return NEXT.to(language).format(level=level)
        case "first_steps":
            return FIRST.to(language)
        case _:
            assert_never(suggestion.rule)
