"""What must hold after every demonstration; one that fails makes the run fail."""

from deploy.demo.report.model import Invariant, Outcome, Report


def judged(outcome: Outcome) -> Report:
    """Return the report on `outcome`, with every invariant checked."""
    invariants = check(outcome)
    return Report(
        **dict(outcome),
        invariants=invariants,
        passed=all(invariant.holds for invariant in invariants),
    )


def check(outcome: Outcome) -> tuple[Invariant, ...]:
    """Return every invariant with whether it holds."""
    blind = [control.medium for control in outcome.controls if not control.found]
    late, sweep = outcome.late_max_seconds, outcome.parameters.sweep_interval_seconds
    canaries, sealed = outcome.canaries, outcome.sealed_values
    cases, broken = outcome.cases, outcome.holds.broken
    return (
        Invariant(
            name="Nothing outlives its term by more than one sweep",
            promises=("C2.11",),
            holds=late <= sweep,
            detail=f"longest overrun {late} s, one sweep is {sweep} s",
        ),
        Invariant(
            name="Nothing goes before the legal minimum",
            promises=("C2.4", "C2.8"),
            holds=outcome.destroyed_before_minimum == 0,
            detail=f"{outcome.destroyed_before_minimum} objects destroyed too early",
        ),
        Invariant(
            name="Nothing goes without a term, a request or another reason of the policy",
            promises=("C2.11",),
            holds=outcome.destroyed_without_reason == 0,
            detail=f"{outcome.destroyed_without_reason} objects destroyed without a reason",
        ),
        Invariant(
            name="What was forgotten can be read nowhere",
            promises=("C8.4", "C2.11"),
            holds=outcome.readable_canaries == 0,
            detail=f"{outcome.readable_canaries} of {canaries.forgotten} forgotten values readable",
        ),
        Invariant(
            name="No key opens a forgotten value",
            promises=("C8.4",),
            holds=sealed.readable_of_forgotten == 0,
            detail=f"{sealed.readable_of_forgotten} sealed values opened",
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
            holds=not blind and (sealed.opened_of_living or canaries.living == 0),
            detail=f"blind in {', '.join(blind)}" if blind else "every planted marker was found",
        ),
        Invariant(
            name="Legal holds are respected",
            promises=("C8.4",),
            holds=broken == 0,
            detail=f"{broken} objects destroyed under a hold",
        ),
        Invariant(
            name="Every erasure ends in a certificate",
            promises=("C8.4", "C2.11"),
            holds=cases.ordered == cases.certified + cases.waiting,
            detail=f"{cases.certified} of {cases.ordered} erasures certified, "
            f"{cases.waiting} in their safety delay",
        ),
        Invariant(
            name="Every forgotten key is destroyed when its safety delay is over",
            promises=("C8.4", "C2.11"),
            holds=outcome.destroyed_out_of_time == 0,
            detail=f"{outcome.destroyed_out_of_time} keys destroyed early, late or not at all",
        ),
        Invariant(
            name="No event was given up",
            promises=(),
            holds=outcome.dead_letters == 0,
            detail=f"{outcome.dead_letters} dead letters",
        ),
    )
