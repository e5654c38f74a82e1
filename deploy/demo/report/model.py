"""The outcome of a demonstration as data. `docs/demo-report.md` tells what each field means."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from shared.personal import Category


class Part(BaseModel):
    """Base of the report's parts: frozen, and nothing in them that differs between two runs."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Parameters(Part):
    """What the run was asked for."""

    learners: int
    years: int
    seed: int
    begins: datetime
    ends: datetime
    sweep_interval_seconds: int
    destruction_delay_seconds: int = 0


class People(Part):
    """Who took part."""

    lives: int
    by_kind: Mapping[str, int]
    actions: int
    known_at_end: int
    """People of whom at least one object is still readable at the end."""
    forgotten: int
    """People of whom nothing is readable any more."""


class PromiseCount(Part):
    """What became of the objects that one promise speaks of."""

    promise: str
    fr: str
    en: str
    objects: int
    fell_due: int
    forgotten_on_time: int
    late: int
    held: int
    """Past their term at the end, kept by a legal hold in force."""
    running: int
    """Not at their term by the end."""


class CategoryYear(Part):
    """One category in one year."""

    new: int
    forgotten: int
    held_at_end: int


class YearCount(Part):
    """One calendar year (Europe/Paris)."""

    year: int
    categories: Mapping[Category, CategoryYear]


class Canaries(Part):
    """Planted values, and what the scan found of them."""

    planted: int
    forgotten: int
    living: int
    living_in_plain: int
    """Values of the living that lay unencrypted somewhere: must be none either."""


class Control(Part):
    """A value planted in plain on purpose, to prove that the scan sees this medium."""

    medium: str
    found: bool


class SealedValues(Part):
    """Every encrypted value found anywhere, tried with every key there is."""

    opened_of_living: bool
    """Whether values of the living could be opened: the proof that opening works."""
    readable_of_forgotten: int


class Messages(Part):
    """E-mail."""

    sent: Mapping[str, int]
    suppressed: Mapping[str, int]


class Cases(Part):
    """Erasures carried out."""

    ordered: int
    certified: int
    waiting: int = 0
    """Ordered so late that their safety delay is not over at the end."""
    by_reason: Mapping[str, int]
    keys_destroyed: int


class Holds(Part):
    """Legal holds."""

    placed: int
    lifted: int
    objects_kept: int
    """Objects that outlived their term because of a hold."""
    broken: int
    """Objects destroyed under a hold: must be none."""


class Invariant(Part):
    """Something that must hold after every run."""

    name: str
    promises: tuple[str, ...]
    holds: bool
    detail: str


class Outcome(Part):
    """What happened, before it is judged."""

    format: Literal[1] = 1
    parameters: Parameters
    people: People
    promises: tuple[PromiseCount, ...]
    years: tuple[YearCount, ...]
    late_max_seconds: int
    destroyed_before_minimum: int
    destroyed_without_reason: int
    destroyed_out_of_time: int = 0
    """Keys not destroyed when the safety delay after their disabling was over: must be none."""
    readable_canaries: int
    canaries: Canaries
    sealed_values: SealedValues
    controls: tuple[Control, ...]
    messages: Messages
    cases: Cases
    holds: Holds
    alarms: int
    dead_letters: int


class Report(Outcome):
    """The whole report: what happened, and whether it is as it must be."""

    invariants: tuple[Invariant, ...]
    passed: bool
