"""Where one request ends and the next begins: heads that two readers may read in two ways.

A proxy and a service that disagree about it let one person's request carry another's (request
smuggling; RFC 9112, sections 3.2, 5.2, 6.1 to 6.3 and 11.2; ASVS 4.2.1).
"""

import re
from collections.abc import Sequence
from typing import Final

ONCE: Final = frozenset(
    {
        b"authorization",
        b"content-length",
        b"content-type",
        b"host",
        b"idempotency-key",
        b"transfer-encoding",
        b"x-csrf-token",
    }
)
"""Fields that say one thing: of two, each reader may believe another."""
NAME: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9a-z-]+")
VALUE: Final = re.compile(rb"[^\x00-\x08\x0a-\x1f\x7f]*")
"""Neither folded over lines (`obs-fold`) nor with what ends a line for some."""


def is_ambiguous(headers: Sequence[tuple[bytes, bytes]], version: str) -> bool:
    """Tell whether a head can be read in two ways.

    Args:
        headers: fields in the order they came, their names in lower case.
        version: of HTTP, such as `1.1`.
    """
    names = [name for name, _ in headers]
    fields = dict(headers)
    if any(names.count(name) > 1 for name in ONCE):
        return True
    if not all(NAME.fullmatch(name) and VALUE.fullmatch(value) for name, value in headers):
        return True
    if version == "1.1" and not fields.get(b"host"):
        return True
    coding = fields.get(b"transfer-encoding")
    if coding is not None:
        chunked = coding.strip().lower() == b"chunked"
        return not chunked or b"content-length" in fields or version != "1.1"
    length = fields.get(b"content-length")
    return length is not None and not (length.isdigit() and length.isascii())
