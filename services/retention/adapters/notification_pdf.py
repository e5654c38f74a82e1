"""The notification to the authority on paper, in both languages: what its own form asks for."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from fpdf import XPos, YPos

from services.retention.adapters.bilingual_pdf import add_table, add_words, begun, both, moment
from shared.incidents import CAUSES, CONSEQUENCES, LATE_REASONS, MEASURES, NATURES, RISKS
from shared.personal import Category
from shared.words import CATEGORIES, Text

WORDS: Final = {
    "title": Text(
        fr="Notification d'une violation de données personnelles",
        en="Notification of a personal data breach",
    ),
    "what": Text(
        fr="Les rubriques de l'article 33(3) du RGPD, telles que le registre des incidents les "
        "connaît. À reporter dans le téléservice de la CNIL. Sans donnée personnelle.",
        en="The fields of GDPR art. 33(3), as the register of incidents knows them. To be entered "
        "in the authority's own form. No personal data.",
    ),
    "exercise": Text(
        fr="EXERCICE : ne pas transmettre", en="EXERCISE: not to be sent to the authority"
    ),
    "incident": Text(fr="Incident", en="Incident"),
    "aware": Text(fr="Connu le", en="Aware of it since"),
    "by": Text(fr="À notifier avant le", en="To be notified before"),
    "began": Text(fr="Commencé le", en="Began"),
    "nature": Text(fr="Nature (33.3 a)", en="Nature (33(3)(a))"),
    "cause": Text(fr="Cause", en="Cause"),
    "persons": Text(fr="Personnes concernées", en="Persons concerned"),
    "categories": Text(fr="Personnes par catégorie de données", en="Persons by category of data"),
    "exposed": Text(fr="Données exposées", en="Data exposed"),
    "consequences": Text(fr="Conséquences probables (33.3 c)", en="Likely consequences (33(3)(c))"),
    "risk": Text(fr="Risque pour les personnes", en="Risk to persons"),
    "measures": Text(fr="Mesures prises (33.3 d)", en="Measures taken (33(3)(d))"),
    "told": Text(fr="Personnes informées (34)", en="Persons told (34)"),
    "notified": Text(fr="Notifications", en="Notifications"),
    "contact": Text(fr="Contact (33.3 b)", en="Contact (33(3)(b))"),
    "officer": Text(fr="délégué à la protection des données", en="the data protection officer"),
    "prepared": Text(fr="Préparé le", en="Prepared"),
    "unknown": Text(fr="pas encore connu", en="not known yet"),
}


def drawn(fields: Mapping[str, Any]) -> bytes:
    """Return the notification with `fields` as a PDF; must not be called from an event loop."""
    pdf = begun(WORDS["title"], fields["prepared_at"])
    if fields["exercise"]:
        pdf.set_font("Helvetica", "B", 12)
        pdf.cell(text=both(WORDS["exercise"]), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        pdf.set_font("Helvetica", "", 9)
    add_words(pdf, WORDS["what"])
    unknown = both(WORDS["unknown"])
    add_table(pdf, (2, 3), [(both(WORDS[name]), value or unknown) for name, value in _rows(fields)])
    return bytes(pdf.output())


def _rows(fields: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        ("incident", fields["incident_id"]),
        ("aware", _moment(fields["aware_at"])),
        ("by", _moment(fields["notify_by"])),
        ("began", _moment(fields["began_at"])),
        ("nature", _said(NATURES, fields["natures"])),
        ("cause", both(CAUSES[fields["cause"]])),
        ("persons", "" if fields["persons"] is None else str(fields["persons"])),
        ("categories", _counts(fields["by_category"])),
        ("exposed", _exposed(fields["question"])),
        ("risk", "" if fields["risk"] is None else both(RISKS[fields["risk"]])),
        ("consequences", _said(CONSEQUENCES, fields["consequences"])),
        ("measures", _said(MEASURES, fields["measures"])),
        ("told", "" if fields["persons_told"] is None else str(fields["persons_told"])),
        ("notified", "\n".join(map(_notification, fields["notifications"]))),
        ("contact", both(WORDS["officer"])),
        ("prepared", _moment(fields["prepared_at"])),
    ]


def _said(words: Mapping[Any, Text], codes: Iterable[str]) -> str:
    return "\n".join(both(words[code]) for code in codes)


def _counts(by_category: Mapping[Category, int]) -> str:
    return "\n".join(f"{both(CATEGORIES[one])}: {count}" for one, count in by_category.items())


def _exposed(question: Mapping[str, Any] | None) -> str:
    if question is None:
        return ""
    since, until = (datetime.fromisoformat(question[name]) for name in ("since", "until"))
    return f"{_moment(since)} - {_moment(until)}"


def _notification(one: Mapping[str, Any]) -> str:
    late = one["late_because"]
    why = f" ({both(LATE_REASONS[late])})" if late else ""
    return f"{_moment(one['at'])}, {one['reference']}{why}"


def _moment(instant: datetime | None) -> str:
    return "" if instant is None else moment(instant)
