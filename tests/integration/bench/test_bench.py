"""The measurements go through, small, on the engines of the tests."""

import json
import os
import subprocess
import sys
from pathlib import Path

from bench.measurements import MEASUREMENTS
from tests.engines import Engines


def bench(engines: Engines, namespace: str, *arguments: str) -> str:
    """Take the measurements, small, with `arguments` and return what was printed."""
    run = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", *arguments],
        env={
            **os.environ,
            "KAFKA_BOOTSTRAP_SERVERS": engines.kafka_bootstrap_servers,
            "MONGODB_URI": engines.mongodb_uri,
            "CARIONEXIQ_NAMESPACE": namespace,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_every_measurement_goes_through_and_tells_its_rows(
    engines: Engines, namespace: str, tmp_path: Path
) -> None:
    findings = tmp_path / "findings.json"
    markdown = tmp_path / "findings.md"
    bench(engines, namespace, "--json", str(findings), "--markdown", str(markdown))
    rows = json.loads(findings.read_text())["rows"]
    assert {row["measurement"] for row in rows} == set(MEASUREMENTS)
    assert all(row["value"] >= 0 for row in rows)
    assert len(markdown.read_text().splitlines()) == len(rows) + 2


def test_a_profile_shows_where_the_time_of_a_measurement_goes(
    engines: Engines, namespace: str
) -> None:
    assert "fold.py" in bench(engines, namespace, "--profile", "fold")
