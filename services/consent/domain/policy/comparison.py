"""What changes from one version of the policy to another, word by word and readable (C12.1)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

from services.consent.domain.policy.text import PolicyText
from services.consent.domain.purposes import Language

WORD: Final = re.compile(r"\s*\S+")
ISLAND: Final = 2
"""Unchanged words between two changes that are told as part of them: fragments cannot be read."""

Change = Literal["same", "added", "removed"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Words in a row that share their fate."""

    change: Change
    text: str

    @property
    def length(self) -> int:
        """How many words it has."""
        return len(self.text.split())


@dataclass(frozen=True, slots=True)
class ComparedPoint:
    """One statement, before and after."""

    id: str
    pieces: tuple[Piece, ...]

    @property
    def change(self) -> Literal["same", "added", "removed", "changed"]:
        """What became of the statement."""
        kinds = {piece.change for piece in self.pieces}
        return next(iter(kinds)) if len(kinds) == 1 else "changed"


@dataclass(frozen=True, slots=True)
class ComparedSection:
    """One section, before and after."""

    id: str
    title: tuple[Piece, ...]
    points: tuple[ComparedPoint, ...]

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Everything it says or said."""
        return (*self.title, *(piece for point in self.points for piece in point.pieces))

    @property
    def changed(self) -> bool:
        """Whether a word of it differs."""
        return any(piece.change != "same" for piece in self.pieces)


def compare(old: PolicyText, new: PolicyText, language: Language) -> list[ComparedSection]:
    """Return the whole of both texts in `language`, in the order in which they are read."""
    before = {part.id: part for part in old.parts(language)}
    after = {part.id: part for part in new.parts(language)}
    return [
        ComparedSection(
            id=one,
            title=compared(
                before[one].title if one in before else "",
                after[one].title if one in after else "",
            ),
            points=_points(
                before[one].points if one in before else (),
                after[one].points if one in after else (),
            ),
        )
        for one in _merged(list(before), list(after))
    ]


def compared(old: str, new: str) -> tuple[Piece, ...]:
    """Return both texts as pieces: those not added make up `old`, those not removed `new`."""
    before, after = WORD.findall(old), WORD.findall(new)
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    pieces: list[Piece] = []
    gone = come = ""
    for place, (tag, i1, i2, j1, j2) in enumerate(codes):
        between = 0 < place < len(codes) - 1
        if tag == "equal" and not (between and i2 - i1 <= ISLAND):
            pieces += [*_whole("removed", gone), *_whole("added", come)]
            pieces += _whole("same", "".join(before[i1:i2]))
            gone = come = ""
        else:
            gone, come = gone + "".join(before[i1:i2]), come + "".join(after[j1:j2])
    return (*pieces, *_whole("removed", gone), *_whole("added", come))


def _points(
    before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]]
) -> tuple[ComparedPoint, ...]:
    old, new = dict(before), dict(after)
    return tuple(
        ComparedPoint(one, compared(old.get(one, ""), new.get(one, "")))
        for one in _merged(list(old), list(new))
    )


def _merged(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """Return every id once: in the order of `after`, what is gone where it stood."""
    merged = list(after)
    for place, one in enumerate(before):
        if one not in after:
            ahead = [other for other in before[:place] if other in merged]
            merged.insert(merged.index(ahead[-1]) + 1 if ahead else 0, one)
    return merged


def _whole(change: Change, text: str) -> tuple[Piece, ...]:
    return (Piece(change, text),) if text else ()
