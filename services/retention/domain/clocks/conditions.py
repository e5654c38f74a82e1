"""Conditions: when a rule applies to an object of a life."""

from collections.abc import Callable, Mapping
from typing import Final, Literal

from services.retention.domain.life.life import Life

ConditionName = Literal[
    "always",
    "learner",
    "staff",
    "prospect",
    "kept",
    "not_kept",
    "minor_without_agreement",
    "never_confirmed",
    "consent_withdrawn",
    "erasure_requested",
]


def _is_kept(life: Life, recording: str) -> bool:
    last_word = life.status.get(f"recording/{recording}")
    return last_word is not None and last_word.value == "kept"


def _is_minor_without_agreement(life: Life, _: str) -> bool:
    last_word = life.status.get("block")
    if last_word is None:
        return "minor" in life.first
    return last_word.value == "blocked"


def _is_never_confirmed(life: Life, _: str) -> bool:
    return "registered" in life.first and "confirmed" not in life.first and "login" not in life.last


def _has_withdrawn(life: Life, _: str) -> bool:
    decisions = [s.value for name, s in life.status.items() if name.startswith("consent/")]
    return "withdrawn" in decisions and "granted" not in decisions


CONDITIONS: Final[Mapping[ConditionName, Callable[[Life, str], bool]]] = {
    "always": lambda _life, _object: True,
    "learner": lambda life, _: "appointed" not in life.first,
    "staff": lambda life, _: "appointed" in life.first,
    "prospect": lambda life, _: "contacted" in life.first,
    "kept": _is_kept,
    "not_kept": lambda life, thing: not _is_kept(life, thing),
    "minor_without_agreement": _is_minor_without_agreement,
    "never_confirmed": _is_never_confirmed,
    "consent_withdrawn": _has_withdrawn,
    "erasure_requested": lambda life, _: "erasure_requested" in life.first,
}

SPECIAL: Final = frozenset(
    {
        "prospect",
        "minor_without_agreement",
        "never_confirmed",
        "consent_withdrawn",
        "erasure_requested",
    }
)
"""Conditions that add a term to the usual one, so that they alone do not cover a category."""

OF_AN_OBJECT: Final = frozenset({"kept", "not_kept"})
"""Conditions that look at the object; every other one is the same for all objects of a life."""
