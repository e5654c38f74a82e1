"""Two processes never write one ledger; one that is killed is followed by the other at once."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.retention.adapters.ledger_writer import AnotherWriterError, LedgerWriter
from services.retention.application.standby import stand_by
from shared.settings import ConfigurationError

PROGRAM = """
import sys
from pathlib import Path
from services.retention.adapters.ledger_writer import LedgerWriter
writer = LedgerWriter(Path(sys.argv[1]))
writer.claim()
print("writes", flush=True)
sys.stdin.read()
"""


@contextmanager
def another_process_writing(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """Yield a process that writes the ledger in `folder` until it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "writes\n"
        yield process
    finally:
        process.kill()
        process.communicate()


async def test_a_second_process_stands_by_until_the_first_is_killed(tmp_path: Path) -> None:
    writer = LedgerWriter(tmp_path)
    with another_process_writing(tmp_path) as first:
        with pytest.raises(AnotherWriterError):
            writer.claim()
        waiting = asyncio.create_task(stand_by(writer))
        await asyncio.sleep(0)
        assert not waiting.done()
        first.kill()
        await waiting
    writer.claim()
    writer.release()


async def test_standing_by_ends_with_one_line_that_names_the_setting(tmp_path: Path) -> None:
    with another_process_writing(tmp_path), pytest.raises(ConfigurationError) as told:
        await stand_by(LedgerWriter(tmp_path), patience=0)
    assert str(told.value).startswith("CARIONEXIQ_DATA_DIR: another retention process")
    assert told.value.__suppress_context__


def test_whoever_lets_go_can_be_followed(tmp_path: Path) -> None:
    writer = LedgerWriter(tmp_path)
    writer.claim()
    writer.release()
    writer.release()
    with another_process_writing(tmp_path), pytest.raises(AnotherWriterError):
        writer.claim()
