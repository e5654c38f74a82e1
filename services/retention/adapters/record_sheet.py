"""The record of processing as a spreadsheet, with the columns of the CNIL's model register."""

from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from services.retention.domain.processing.record import Activity, Record
from shared.processors.model import GROUNDS
from shared.words import Language, Text

_BASES: Final = {
    "contract": Text(fr="contrat", en="contract"),
    "consent": Text(fr="consentement", en="consent"),
    "legitimate_interest": Text(fr="intérêt légitime", en="legitimate interest"),
    "legal_obligation": Text(fr="obligation légale", en="legal obligation"),
}
_NONE: Final = Text(fr="aucun", en="none")
WIDTH: Final = 34

Column = tuple[Text, Callable[[Record, Activity, Language], str]]


def _said(texts: Sequence[Text], language: Language) -> str:
    return "\n".join(text.say(language) for text in texts)


def _transfers(one: Activity, language: Language) -> str:
    found = [
        f"{to.organisation} ({to.country}) : {GROUNDS[to.ground].say(language)}"
        for to in one.processors
        if to.is_transfer and to.ground is not None
    ]
    return "\n".join(found) or _NONE.say(language)


COLUMNS: Final[tuple[Column, ...]] = (
    (Text(fr="N° / référence", en="Reference"), lambda _, one, __: one.reference),
    (Text(fr="Nom du traitement", en="Name"), lambda _, one, to: one.name.say(to)),
    (
        Text(fr="Responsable du traitement", en="Controller"),
        lambda record, _, __: f"{record.controller}, {record.contact}",
    ),
    (
        Text(fr="Délégué à la protection des données", en="Data protection officer"),
        lambda record, _, __: record.contact,
    ),
    (Text(fr="Mise à jour", en="Updated"), lambda record, _, __: record.version),
    (Text(fr="Finalités", en="Purposes"), lambda _, one, to: _said(one.purposes, to)),
    (
        Text(fr="Bases légales", en="Legal bases"),
        lambda _, one, to: "\n".join(
            [*(_BASES[basis].say(to) for basis in one.bases), _said(one.legal_texts, to)]
        ),
    ),
    (
        Text(fr="Catégories de personnes concernées", en="Categories of data subjects"),
        lambda _, one, to: one.persons.say(to),
    ),
    (
        Text(fr="Catégories de données", en="Categories of data"),
        lambda _, one, to: f"{one.name.say(to)}\n{', '.join(one.fields)}".strip(),
    ),
    (Text(fr="Données sensibles", en="Special categories"), lambda _, __, to: _NONE.say(to)),
    (
        Text(fr="Destinataires internes", en="Recipients inside"),
        lambda _, one, to: ", ".join(one.roles) or _NONE.say(to),
    ),
    (
        Text(fr="Sous-traitants", en="Processors"),
        lambda _, one, to: (
            "\n".join(f"{sub.organisation} ({sub.country})" for sub in one.processors)
            or _NONE.say(to)
        ),
    ),
    (
        Text(fr="Transferts hors UE et garanties", en="Transfers outside the EU, guarantees"),
        lambda _, one, to: _transfers(one, to),
    ),
    (
        Text(fr="Délais d’effacement", en="Time limits for erasure"),
        lambda _, one, to: "\n".join(f"{rule.title.say(to)} [{rule.rule_id}]" for rule in one.kept),
    ),
    (
        Text(fr="Mesures de sécurité", en="Security measures"),
        lambda _, one, to: _said(one.security, to),
    ),
)


def sheet_of(record: Record, language: Language) -> bytes:
    """Return the record as XLSX (ISO/IEC 29500), one row an activity."""
    book = Workbook()
    sheet = book.active
    if sheet is None:
        sheet = book.create_sheet()
    sheet.title = Text(fr="Registre", en="Record").say(language)
    sheet.append([title.say(language) for title, _ in COLUMNS])
    for one in record.activities:
        sheet.append([told(record, one, language) for _, told in COLUMNS])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number in range(1, len(COLUMNS) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = WIDTH
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "C2"
    content = BytesIO()
    book.save(content)
    return content.getvalue()
