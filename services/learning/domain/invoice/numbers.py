"""Legal invoice numbers: one gapless sequence a year (CGI, annexe II, article 242 nonies A).

An invoice's number is its id and names its stream, so taking a number and issuing the invoice are
one append: a number that is taken has an invoice, and none is skipped.
"""


def invoice_number(year: int, sequence: int) -> str:
    """Return the number of the `sequence`-th invoice (from 1) of accounting year `year`."""
    return f"F{year}-{sequence:06d}"
