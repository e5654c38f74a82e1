"""A long run by command: `python -m tests.simulation --faults 100000`, or one seed once more."""

import argparse
import sys
import time

from tests.simulation.run import LEARNERS, RATE, YEARS, Outcome, Plan, run


def main() -> int:
    """Run seed after seed until there were enough faults; stop at the first violation."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--faults", type=int, default=100_000, help="how many, over all seeds")
    parser.add_argument("--seed", type=int, default=1, help="the first seed; then the next ones")
    parser.add_argument("--learners", type=int, default=LEARNERS)
    parser.add_argument("--years", type=int, default=YEARS)
    parser.add_argument("--rate", type=float, default=RATE, help="share of calls that fail")
    parser.add_argument("--most", type=int, help="faults of a seed, after which all calms down")
    parser.add_argument("--once", action="store_true", help="this seed only, to its end")
    given = parser.parse_args()
    total, seed = 0, given.seed
    began = time.monotonic()
    while total < given.faults:
        plan = Plan(seed, given.learners, given.years, given.rate, given.most)
        outcome = run(plan)
        total += outcome.faults
        tell(outcome, total / (time.monotonic() - began))
        if outcome.violation is not None:
            return 1
        if given.once:
            break
        seed += 1
    return 0


def tell(outcome: Outcome, speed: float) -> None:
    """Print how a run went, and how to have it again."""
    plan = outcome.plan
    out = sys.stdout
    out.write(
        f"seed {plan.seed}: {outcome.faults} faults in {outcome.calls} calls, "
        f"{outcome.steps} steps, {outcome.years:.1f} years, {outcome.deaths} crashes, "
        f"{outcome.judged} keys judged, {outcome.certified} cases certified; "
        f"{speed:.0f} faults a second\n"
    )
    out.write("  " + ", ".join(f"{kind}: {n}" for kind, n in outcome.counts.items()) + "\n")
    out.write(f"  trace {outcome.digest}\n")
    if outcome.violation is not None:
        out.write(f"  VIOLATED {outcome.violation}\n  again: {replay(plan)}\n")
    out.flush()


def replay(plan: Plan) -> str:
    """Return the command that runs `plan` once more."""
    return (
        f"python -m tests.simulation --once --seed {plan.seed} --learners {plan.learners} "
        f"--years {plan.years} --rate {plan.rate}"
        + (f" --most {plan.most}" if plan.most is not None else "")
    )


if __name__ == "__main__":
    sys.exit(main())
