"""What `python -m tests.chaos` does: strike, check, tell. Ends with 1 when a rule was broken."""

import argparse
import asyncio
import json
import os
import random
import shutil
import tempfile
from pathlib import Path
from typing import Final

from rich.console import Console

from tests.chaos.faults import EVERY_PLACE, Kind, schedule
from tests.chaos.rolling import roll
from tests.chaos.run import IN_FLIGHT, run
from tests.chaos.services.planted import Bug
from tests.chaos.table import print_result

SEED_VARIABLE: Final = "CARIONEXIQ_CHAOS_SEED"


def main() -> int:
    """Run as the command line says and return the exit code."""
    arguments = _arguments()
    given = os.environ.get(SEED_VARIABLE)
    seed = arguments.seed if arguments.seed is not None else int(given or random.randrange(2**32))  # noqa: S311 - printed, not secret
    folder = Path(tempfile.mkdtemp(prefix="carionexiq-chaos-"))
    places = [
        (kind, target)
        for kind, target in EVERY_PLACE
        if kind.name in (arguments.kind or Kind.__members__)
        and target in (arguments.target or [target])
    ]
    faults = schedule(seed, arguments.faults, places)
    (folder / "schedule.txt").write_text("\n".join(str(fault) for fault in faults))
    _tell(f"seed {seed}, {len(faults)} faults, schedule and logs in {folder}")
    if arguments.rolling:
        going = roll(folder, seed, _tell, bugs=arguments.bug)
    else:
        going = run(folder, seed, faults, _tell, in_flight=arguments.in_flight, bugs=arguments.bug)
    result = asyncio.run(going)
    print_result(result, Console(width=120))
    if arguments.report:
        broken = sorted({violation.rule.name for violation in result.violations})
        report = {"seed": seed, "broken": broken, "figures": result.figures}
        arguments.report.write_text(json.dumps(report))
    if not result.violations:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if result.violations else 0


def _tell(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what a command line is for


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, help=f"default: {SEED_VARIABLE}, or any")
    parser.add_argument("--faults", type=int, default=50)
    parser.add_argument(
        "--rolling", action="store_true", help="no faults: scale up, replace each replica, and down"
    )
    parser.add_argument("--in-flight", type=int, default=IN_FLIGHT, help="faults at the same time")
    parser.add_argument("--kind", action="append", choices=Kind.__members__, help="only this kind")
    parser.add_argument("--target", action="append", help="only this target")
    parser.add_argument(
        "--bug",
        action="append",
        default=[],
        choices=list(Bug),
        help="plant a bug; it must be found",
    )
    parser.add_argument("--report", type=Path, help="file for the result as JSON")
    return parser.parse_args()
