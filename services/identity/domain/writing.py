"""What people may write: every script and symbol, nothing that is not seen or shown elsewhere.

Names and lines are compared and stored in one form of Unicode (NFC), so that what looks the same is
the same.
"""

import unicodedata
from typing import Final

WITHIN_TEXTS: Final = frozenset("\n\r\t")
OVERRIDES: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They show what follows them, also what is not theirs, in another order; scripts that are written
from right to left do without them."""
UNSHOWN: Final = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of control characters, half characters, what has no meaning, and ends of lines."""
SEEN: Final = frozenset("LNPS")
"""First letters of the categories of letters, digits, punctuation and symbols."""


class UnwritableError(ValueError):
    """The text holds what cannot be shown, or nothing that can; the message quotes nothing."""


def line(value: str) -> str:
    """Return `value` as a name or a line is kept: in NFC.

    Raises:
        UnwritableError: it holds control characters, ends of lines or overrides of direction, or
            nothing that is seen.
    """
    return _shown(value, frozenset())


def text(value: str) -> str:
    """Return `value` as a text of several lines is kept: in NFC, lines ended by line feeds.

    Raises:
        UnwritableError: it holds control characters or overrides of direction, or nothing seen.
    """
    return _shown(value.replace("\r\n", "\n"), WITHIN_TEXTS)


def _shown(value: str, allowed: frozenset[str]) -> str:
    normal = unicodedata.normalize("NFC", value)
    if any(_is_unshown(character) for character in normal if character not in allowed):
        raise UnwritableError("characters that cannot be shown")
    if not any(unicodedata.category(character)[0] in SEEN for character in normal):
        raise UnwritableError("nothing that can be seen")
    return normal


def _is_unshown(character: str) -> bool:
    return character in OVERRIDES or unicodedata.category(character) in UNSHOWN
