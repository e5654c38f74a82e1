"""What this service does with a person's data that their choices decide about (C8.3).

Each use is checked where it happens; `consequences.py` explains from the same table.
"""

from typing import Final

from shared.choices import Use, token
from shared.words import Text

HISTORY: Final = token("restriction", "learning_history")

SUGGESTIONS: Final = Use(
    "suggestions",
    stopped_by=frozenset({token("objection", "suggestions"), HISTORY}),
    title=Text(fr="Suggestions de modules", en="Module suggestions"),
    stops=Text(
        fr="Plus aucune suggestion n’est calculée, montrée ni envoyée.",
        en="No suggestion is computed, shown or sent any more.",
    ),
)
REMINDERS: Final = Use(
    "reminders",
    stopped_by=frozenset(
        {token("objection", "reminders"), HISTORY, token("restriction", "contact")}
    ),
    title=Text(fr="Rappels de formation", en="Training reminders"),
    stops=Text(
        fr="Vos dates de réponse ne sont plus regardées pour vous rappeler un module.",
        en="The dates of your answers are no longer looked at to remind you of a course.",
    ),
)
STATISTICS: Final = Use(
    "statistics",
    stopped_by=frozenset({token("objection", "statistics"), HISTORY}),
    title=Text(fr="Statistiques anonymes", en="Anonymous statistics"),
    stops=Text(
        fr="À leur terme, ces formations sont effacées sans entrer dans les statistiques.",
        en="At their term these courses are erased without entering the statistics.",
    ),
)
TEACHING: Final = Use(
    "teaching",
    stopped_by=frozenset({HISTORY}),
    title=Text(fr="Écrans des formateurs", en="Trainers’ screens"),
    stops=Text(
        fr=(
            "Les formateurs ne lisent plus vos réponses ni vos résultats, et vous n’êtes plus dans"
            " leurs listes ; aucune décision de certification n’est prise tant que cela dure."
        ),
        en=(
            "Trainers no longer read your answers or results and you leave their lists; no decision"
            " about a certification is taken as long as this lasts."
        ),
    ),
)
RECORDINGS_READ: Final = Use(
    "recordings_read",
    stopped_by=frozenset({token("restriction", "recording")}),
    title=Text(fr="Enregistrements de sessions", en="Session recordings"),
    stops=Text(
        fr="Plus personne d’autre que vous n’ouvre ces enregistrements ; ils partent à leur terme.",
        en="Nobody but you opens these recordings any more; they go at their term.",
    ),
)
KEEPING: Final = Use("keeping", needs=token("consent", "recordings"))

USES: Final = (SUGGESTIONS, REMINDERS, STATISTICS, TEACHING, RECORDINGS_READ)
"""Every use that an objection or a restriction stops here."""
