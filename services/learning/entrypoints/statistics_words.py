"""What the statistics' categories are called, in French and English."""

from typing import Final

from services.learning.domain.catalogue.text import Text
from services.learning.domain.statistics.categories import DURATION, PROGRESS, STOPPED

NOTE: Final = Text(
    fr=(
        "Chaque chiffre réunit au moins {k} personnes différentes, et la différence de deux "
        "chiffres aussi. Ce qui en réunirait moins n'est pas affiché et ne compte dans aucun total."
    ),
    en=(
        "Every figure is of at least {k} different people, and so is the difference of any two. "
        "What would be of fewer is not shown and counts in no total."
    ),
)
HIDDEN: Final = Text(
    fr="Non affiché : personne, ou moins de {k} personnes.",
    en="Not shown: nobody, or fewer than {k} people.",
)
UNSPREAD: Final = Text(
    fr=(
        "Non affiché : une catégorie compterait moins de {k} personnes, ou toutes auraient le "
        "même résultat."
    ),
    en="Not shown: a category would be of fewer than {k} people, or all would share one result.",
)
SUBJECTS: Final[dict[str, Text]] = {
    PROGRESS: Text(fr="Parcours", en="Progress"),
    DURATION: Text(fr="Durée jusqu'à la fin du module", en="Time to the end of the module"),
}
CATEGORIES: Final[dict[str, Text]] = {
    "certified": Text(fr="Certifié", en="Certified"),
    "completed": Text(fr="Terminé sans certification", en="Completed, not certified"),
    "not_certified": Text(fr="Non certifié", en="Not certified"),
    "stopped": Text(fr="Interrompu", en="Stopped"),
    "up_to_7": Text(fr="7 jours au plus", en="Up to 7 days"),
    "8_to_30": Text(fr="8 à 30 jours", en="8 to 30 days"),
    "up_to_30": Text(fr="30 jours au plus", en="Up to 30 days"),
    "31_to_90": Text(fr="31 à 90 jours", en="31 to 90 days"),
    "over_90": Text(fr="Plus de 90 jours ou jamais", en="Over 90 days or never"),
    "over_30": Text(fr="Plus de 30 jours ou jamais", en="Over 30 days or never"),
    "once_75": Text(fr="75–100 %, un essai", en="75–100%, one try"),
    "once_50": Text(fr="50–74 %, un essai", en="50–74%, one try"),
    "once": Text(fr="50–100 %, un essai", en="50–100%, one try"),
    "again_75": Text(fr="75–100 %, plusieurs essais", en="75–100%, several tries"),
    "again_50": Text(fr="50–74 %, plusieurs essais", en="50–74%, several tries"),
    "again": Text(fr="50–100 %, plusieurs essais", en="50–100%, several tries"),
    "below": Text(fr="Sous 50 % ou sans réponse", en="Below 50% or no answer"),
    "other": Text(fr="Plusieurs essais ou < 50 %", en="Several tries or below 50%"),
}
"""In the order in which a distribution lists them."""
STOPPED_AT: Final = Text(fr="Interrompu à l'exercice {number}", en="Stopped at exercise {number}")
EXERCISE: Final = Text(fr="Exercice {number}", en="Exercise {number}")
TOTAL: Final = Text(fr="En tout", en="In all")


def place_of(category: str) -> tuple[int, str]:
    """Return where `category` stands in a distribution; where one stopped comes last."""
    order = list(CATEGORIES)
    if category.startswith(STOPPED):
        return len(order), category
    return order.index(category), ""
