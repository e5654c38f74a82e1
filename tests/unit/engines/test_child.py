"""What the supervisor says about a process that failed."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from shared.engines import DiskFullError, Managed, Report
from shared.engines.child import Child
from shared.engines.disk import translate_full_disk


class Silent(Managed):
    """A description of a process that is never started."""

    name = "silent"

    def prepare(self, report: Report) -> None:
        """Nothing."""

    def command(self) -> Sequence[str]:
        return ["true"]

    def probe(self) -> None:
        """Nothing."""


def reason_of(folder: Path, output: str) -> str:
    log = folder / "silent.log"
    log.write_text(output)
    return Child(Silent(), log).reason()


def test_the_reason_is_the_last_line_that_tells_of_an_error(tmp_path: Path) -> None:
    output = "started\nTraceback (most recent call last):\n  File x\nValueError: no port\nbye\n"
    assert reason_of(tmp_path, output) == "ValueError: no port"


def test_the_reason_in_a_json_line_is_its_event_and_error(tmp_path: Path) -> None:
    line = '{"event": "start failed", "error": "KafkaConnectionError", "level": "error"}\n'
    assert reason_of(tmp_path, line) == "start failed: KafkaConnectionError"


def test_without_an_error_the_reason_is_the_last_line(tmp_path: Path) -> None:
    assert reason_of(tmp_path, "one\ntwo\n\n") == "two"


def test_silence_is_told(tmp_path: Path) -> None:
    assert reason_of(tmp_path, "") == "it wrote nothing"


def test_a_full_disk_in_the_output_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(DiskFullError, match="disk full"):
        translate_full_disk("java.io.IOException: No space left on device", tmp_path)
    translate_full_disk("java.io.IOException: Permission denied", tmp_path)
