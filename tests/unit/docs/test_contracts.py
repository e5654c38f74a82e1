"""What a release wrote down about events stays as it was, and the code goes on keeping it."""

import hashlib
import subprocess
import sys

from deploy.docs.contracts import CHECKSUMS, RELEASED, released
from tests.unit.docs.documents import ROOT


def test_the_code_breaks_no_release() -> None:
    gate = subprocess.run(
        [sys.executable, "-m", "deploy.docs.release", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert gate.returncode == 0, gate.stderr


def test_nobody_has_edited_what_a_release_wrote() -> None:
    lines = [line.split("  ") for line in CHECKSUMS.read_text().splitlines()]
    recorded = {name: digest for digest, name in lines}
    found = {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in RELEASED.glob("*.json")
    }
    assert found == recorded
    assert found


def test_public_and_stored_events_are_both_written_down() -> None:
    places = {name.partition("/")[0] for contracts in released().values() for name in contracts}
    assert places == {"public", "identity", "learning", "consent", "retention", "notify"}
