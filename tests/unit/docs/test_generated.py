"""The generated documents say what the code says."""

import subprocess
import sys

from tests.unit.docs.documents import ROOT


def test_no_generated_document_is_stale() -> None:
    made = subprocess.run(
        [sys.executable, "-m", "deploy.docs", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert made.returncode == 0, f"{made.stdout}\n{made.stderr}"
