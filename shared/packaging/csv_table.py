"""CSV as RFC 4180 has it, that spreadsheets open with accents right and compute nothing from."""

import csv
from codecs import BOM_UTF8
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Final

FORMULA_SIGNS: Final = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection)."""
AS_TEXT: Final = "'"
"""Put before such a value; spreadsheets then show it as it is written."""


def csv_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a table as CSV: UTF-8 with byte order mark, a heading, CRLF after every line.

    A value that a spreadsheet would compute gets an apostrophe before it; the JSON beside the table
    has every value exactly as it is held.

    Raises:
        ValueError: a row has another number of cells than there are columns.
    """
    text = StringIO()
    writer = csv.writer(text, dialect="excel", lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        if len(row) != len(columns):
            raise ValueError(f"{len(row)} cells for {len(columns)} columns")
        writer.writerow([_defused(cell) for cell in row])
    return BOM_UTF8 + text.getvalue().encode()


def _defused(cell: str) -> str:
    return AS_TEXT + cell if cell.lstrip(" ").startswith(FORMULA_SIGNS) else cell
