"""The common and breached passwords that ship with the product."""

import gzip
from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).parent / "common_passwords.txt.gz"
"""One a line, case-folded. Where they come from: LICENSES.md beside it."""


@cache
def common_passwords() -> frozenset[str]:
    """Return the list, read once a process."""
    return frozenset(gzip.decompress(FILE.read_bytes()).decode("utf-8").split())
