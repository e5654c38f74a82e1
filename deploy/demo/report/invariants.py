"""What must hold after every demonstration; one that fails makes the run fail."""

from collections.abc import Iterable

from deploy.demo.report.model import (
    Canaries,
    Cases,
    Control,
    Holds,
    Invariant,
    SealedValues,
)


def check(
    *,
    late_max_seconds: int,
    sweep_interval_seconds: int,
    destroyed_before_minimum: int,
    destroyed_without_reason: int,
    readable_canaries: int,
    canaries: Canaries,
    sealed_values: SealedValues,
    controls: Iterable[Control],
    cases: Cases,
    holds: Holds,
    dead_letters: int,
) -> tuple[Invariant, ...]:
    """Return every invariant with whether it holds."""
    blind = [control.medium for control in controls if not control.found]
    return (
        Invariant(
            name="Nothing outlives its term by more than one sweep",
            promises=("C2.11",),
            holds=late_max_seconds <= sweep_interval_seconds,
            detail=f"longest overrun {late_max_seconds} s, one sweep is {sweep_interval_seconds} s",
        ),
        Invariant(
            name="Nothing goes before the legal minimum",
            promises=("C2.4", "C2.8"),
            holds=destroyed_before_minimum == 0,
            detail=f"{destroyed_before_minimum} objects destroyed too early",
        ),
        Invariant(
            name="Nothing goes without a term, a request or another reason of the policy",
            promises=("C2.11",),
            holds=destroyed_without_reason == 0,
            detail=f"{destroyed_without_reason} objects destroyed without a reason",
        ),
        Invariant(
            name="What was forgotten can be read nowhere",
            promises=("C8.4", "C2.11"),
            holds=readable_canaries == 0,
            detail=f"{readable_canaries} of {canaries.forgotten} forgotten values readable",
        ),
        Invariant(
            name="No key opens a forgotten value",
            promises=("C8.4",),
            holds=sealed_values.readable_of_forgotten == 0,
            detail=f"{sealed_values.readable_of_forgotten} sealed values opened",
        ),
        Invariant(
            name="Values in use lie encrypted too",
            promises=("C7.2",),
            holds=canaries.living_in_plain == 0,
            detail=f"{canaries.living_in_plain} of {canaries.living} values in use lay in plain",
        ),
        Invariant(
            name="The scan sees every medium, and the vault opens what is in use",
            promises=("C8.4",),
            holds=not blind and (sealed_values.opened_of_living or canaries.living == 0),
            detail=f"blind in {', '.join(blind)}" if blind else "every planted marker was found",
        ),
        Invariant(
            name="Legal holds are respected",
            promises=("C8.4",),
            holds=holds.broken == 0,
            detail=f"{holds.broken} objects destroyed under a hold",
        ),
        Invariant(
            name="Every erasure ends in a certificate",
            promises=("C8.4", "C2.11"),
            holds=cases.ordered == cases.certified,
            detail=f"{cases.certified} of {cases.ordered} erasures certified",
        ),
        Invariant(
            name="No event was given up",
            promises=(),
            holds=dead_letters == 0,
            detail=f"{dead_letters} dead letters",
        ),
    )
