"""Which passwords are refused when they are chosen (C7.2; OWASP ASVS 5.0, V6.2).

Length and guessability decide; no rule asks for kinds of characters.
"""

import unicodedata
from collections.abc import Container, Iterable
from enum import StrEnum
from itertools import pairwise
from typing import Final

MINIMUM_LENGTH: Final = 12
MAXIMUM_LENGTH: Final = 1000
"""A bound on the work of one request; nothing shorter is ever cut."""
DECORATION: Final = 6
"""Digits and signs at an end that do not make a known password another one."""
SHORTEST_WORD: Final = 4
DIGITS: Final = 10
CONTEXT: Final = ("carionexiq", "negociation", "négociation", "budget", "formation")
"""Words that this platform suggests by itself (ASVS 6.1.2)."""


class Weakness(StrEnum):
    """Why a password is refused."""

    TOO_SHORT = "password_too_short"
    OWN_DATA = "password_own_data"
    COMMON = "password_common"


def normalised(password: str) -> str:
    """Return `password` as it is hashed: NFKC, so that keyboards do not matter, and never cut."""
    return unicodedata.normalize("NFKC", password)


def weakness(password: str, known: Container[str], own: Iterable[str]) -> Weakness | None:
    """Return why `password` is refused, or `None`.

    Args:
        password: as it was typed.
        known: common and breached passwords, case-folded.
        own: the person's names and addresses.
    """
    text = normalised(password)
    if len(text) < MINIMUM_LENGTH:
        return Weakness.TOO_SHORT
    forms = _forms(text)
    if any(_forms(word) & forms for word in _parts(own)):
        return Weakness.OWN_DATA
    if any(_is_common(form, known) for form in forms):
        return Weakness.COMMON
    return None


def _parts(own: Iterable[str]) -> list[str]:
    """Return the person's words, what stands before an address's @, and words side by side."""
    words = [word for word in own if word]
    words += [word.partition("@")[0] for word in words if "@" in word]
    plain = [word for word in words if "@" not in word]
    pairs = [one + other for one in plain for other in plain if one != other]
    return [word for word in words + pairs if len(word) >= SHORTEST_WORD]


def _forms(text: str) -> set[str]:
    """Return `text` as people vary it: without case, separators, and digits or signs around."""
    folded = normalised(text).casefold()
    compact = "".join(sign for sign in folded if sign.isalnum())
    undecorated = {_bare(folded), _bare(compact)}
    return {form for form in {folded, compact} | undecorated if len(form) >= SHORTEST_WORD}


def _bare(text: str) -> str:
    """Return `text` without up to `DECORATION` digits and signs at each end."""
    start = next((i for i, sign in enumerate(text) if sign.isalpha() or i == DECORATION), 0)
    rest = text[start:]
    end = next((i for i, sign in enumerate(reversed(rest)) if sign.isalpha() or i == DECORATION), 0)
    return rest[: len(rest) - end]


def _is_common(form: str, known: Container[str]) -> bool:
    if form in known or form in CONTEXT or _is_sequence(form):
        return True
    unit = _repeated(form)
    if unit != form:
        return len(unit) <= SHORTEST_WORD or unit in known or unit in CONTEXT
    return any(
        form[:at] in known and form[at:] in known
        for at in range(SHORTEST_WORD, len(form) - SHORTEST_WORD + 1)
    )


def _repeated(text: str) -> str:
    """Return the shortest text that `text` repeats; `text` itself when it repeats nothing."""
    return text[: (text + text).index(text, 1)]


def _is_sequence(text: str) -> bool:
    """Whether each sign follows the one before by the same step: `abcdef…`, `98765…`, `1111…`."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    if text.isdigit():
        steps = {step % DIGITS for step in steps}
    return len(steps) == 1 and steps <= {0, 1, -1, DIGITS - 1}
