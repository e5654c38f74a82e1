"""Which processes count as running."""

import subprocess
import sys

from shared.engines import RunningProcess


def test_a_process_that_ended_counts_as_ended_before_its_parent_has_asked() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    entry = RunningProcess.of(process.pid, "quick")
    assert entry.alive() is not None
    assert not entry.wait_until_ended(0)
    process.kill()
    assert entry.wait_until_ended(20)
    process.communicate()


def test_a_later_process_with_the_same_number_is_not_taken_for_the_earlier_one() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    entry = RunningProcess.of(process.pid, "quick")
    earlier = entry.model_copy(update={"created": entry.created - 100})
    assert earlier.alive() is None
    process.kill()
    process.communicate()
