"""The shapes in which a text may lie in bytes."""

import base64
import json
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

BASE64_ALIGNMENTS: Final = 3
BASE64_CHARACTER_BITS: Final = 6


def encoded_forms(text: str) -> dict[str, bytes]:
    """Return every byte shape in which `text` may lie somewhere, by the shape's name.

    Shapes that coincide with an earlier one (plain ASCII needs no escape) are left out.
    """
    forms: dict[str, bytes] = {}
    for name, shape in _shapes(text):
        if shape not in forms.values():
            forms[name] = shape
    return forms


def _shapes(text: str) -> Iterator[tuple[str, bytes]]:
    utf8 = text.encode()
    yield "utf-8", utf8
    yield "utf-16-le", text.encode("utf-16-le")
    yield "utf-16-be", text.encode("utf-16-be")
    for offset in range(BASE64_ALIGNMENTS):
        part = base64_part(utf8, offset)
        yield f"base64+{offset}", part
        yield f"base64url+{offset}", part.translate(bytes.maketrans(b"+/", b"-_"))
    percent = quote(text, safe="")
    yield "percent", percent.encode()
    yield "percent-lower", quote(text, safe="").lower().encode()
    yield "json", json.dumps(text)[1:-1].encode()
    yield "hex", utf8.hex().encode()


def base64_part(data: bytes, offset: int) -> bytes:
    """Return the base64 characters that depend on `data` alone when `offset` bytes precede it.

    `offset` counts modulo three; characters shared with neighbouring bytes are left out.
    """
    padded = bytes(offset) + data
    encoded = base64.b64encode(padded + bytes(-len(padded) % 3))
    first = -(-offset * 8 // BASE64_CHARACTER_BITS)
    last = len(padded) * 8 // BASE64_CHARACTER_BITS
    return encoded[first:last]
