"""Papers in both languages: how the PDF documents of this service look."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from fpdf import FPDF, XPos, YPos

from shared.words import Text

PARIS: Final = ZoneInfo("Europe/Paris")


def both(text: Text) -> str:
    """Return `text` in French, then in English where that is another word."""
    return text.fr if text.fr == text.en else f"{text.fr} / {text.en}"


def moment(instant: datetime) -> str:
    """Return an instant as the clocks in Paris show it."""
    return f"{instant.astimezone(PARIS):%Y-%m-%d %H:%M} Europe/Paris"


def begun(title: Text, created: datetime) -> FPDF:
    """Return a document with its `title` at the top, and small letters for what follows."""
    pdf = FPDF()
    pdf.set_title(both(title))
    pdf.set_author("carionexiq")
    pdf.set_lang("fr")
    pdf.set_creation_date(created)
    pdf.add_page()
    pdf.set_font("Helvetica", "B", 17)
    for text in (title.fr, title.en):
        pdf.cell(text=text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        pdf.set_font("Helvetica", "", 12)
    pdf.set_font("Helvetica", "", 9)
    return pdf


def add_words(pdf: FPDF, text: Text) -> None:
    """Add a paragraph in each language."""
    pdf.ln(4)
    for words in (text.fr, text.en):
        pdf.multi_cell(0, text=words, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def add_table(
    pdf: FPDF,
    widths: tuple[int, ...],
    rows: Iterable[Sequence[str]],
    heading: Sequence[str] | None = None,
) -> None:
    """Add a table whose columns are as wide as `widths` to one another."""
    pdf.ln(4)
    with pdf.table(
        col_widths=widths,
        first_row_as_headings=heading is not None,
        text_align="LEFT",
        line_height=5,
    ) as table:
        for cells in ([heading] if heading else []) + list(rows):
            row = table.row()
            for text in cells:
                # The fonts that every reader of PDF has know no typographic apostrophe.
                row.cell(text.replace("\u2019", "'"))
