"""What the statistics tell of an enrolment, each in nested steps from coarse to fine.

A subject of statistics (`about`) sorts every enrolment into exactly one leaf. A leaf lies in one
category at each level, and the categories of a level lie within those of the level above: that is
what makes figures of two levels safe together (`release`). No two subjects share a category whose
figure follows from the other's, so that they cannot be set against one another.
"""

from typing import Final, Literal

About = str
"""`progress`, `duration` or `exercise:<id>`."""

PROGRESS: Final[About] = "progress"
DURATION: Final[About] = "duration"
ENROLMENTS: Final[About] = "enrolments"
"""Level 0, which all subjects share: how many there are."""
ALL: Final = "all"

LEVELS: Final = 3
"""Levels of categories below the bare number."""

EXERCISE: Final = "exercise:"
STOPPED: Final = "stopped:"
NOT_REACHED: Final = "below"
"""Leaf of who did not reach half of the points, or gave no answer."""

Path = tuple[str, str, str]
"""A leaf's category at levels 1 to 3."""

_PROGRESS: Final[dict[str, Path]] = {
    "certified": ("certified", "certified", "certified"),
    "completed": ("not_certified", "completed", "completed"),
}
_DURATION: Final[dict[str, Path]] = {
    "up_to_7": ("up_to_30", "up_to_7", "up_to_7"),
    "8_to_30": ("up_to_30", "8_to_30", "8_to_30"),
    "31_to_90": ("over_30", "over_30", "31_to_90"),
    "over_90": ("over_30", "over_30", "over_90"),
}
_EXERCISE: Final[dict[str, Path]] = {
    "once_75": ("once", "once", "once_75"),
    "once_50": ("once", "once", "once_50"),
    "again_75": ("other", "again", "again_75"),
    "again_50": ("other", "again", "again_50"),
    NOT_REACHED: ("other", NOT_REACHED, NOT_REACHED),
}


def path(about: About, leaf: str) -> Path:
    """Return the categories of `leaf`, a leaf of the subject `about`, at levels 1 to 3."""
    if about == PROGRESS:
        return _PROGRESS.get(leaf) or ("not_certified", "stopped", leaf)
    return (_DURATION if about == DURATION else _EXERCISE)[leaf]


def of_exercise(exercise_id: str) -> About:
    """Return the subject of the results of one exercise."""
    return EXERCISE + exercise_id


def stopped_at(exercise_id: str) -> str:
    """Return the leaf of who left the module at the exercise, the first one without an answer."""
    return STOPPED + exercise_id


def duration_leaf(days: int | None) -> str:
    """Return the leaf of who completed `days` after enrolling, or never."""
    if days is None:
        return "over_90"
    for most, leaf in ((7, "up_to_7"), (30, "8_to_30"), (90, "31_to_90")):
        if days <= most:
            return leaf
    return "over_90"


def exercise_leaf(score: int | None, tries: int) -> str:
    """Return the leaf of a latest `score` in percent, `None` without any, after so many `tries`."""
    half, most = 50, 75
    if score is None or score < half:
        return NOT_REACHED
    tried: Literal["once", "again"] = "once" if tries == 1 else "again"
    return f"{tried}_{most if score >= most else half}"
