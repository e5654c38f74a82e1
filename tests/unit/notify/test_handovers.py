"""The journal of a process tells the next one what the provider had taken."""

import os
from pathlib import Path

import pytest

from services.notify.adapters import handovers
from services.notify.adapters.handovers import Handovers


def died(journal: Handovers) -> None:
    """Let go of the lock as the operating system does for a killed process."""
    os.close(journal._file)


def test_what_was_taken_and_what_is_in_doubt_is_told_apart_once(tmp_path: Path) -> None:
    journal = Handovers(tmp_path)
    for message in ("m1", "m2", "m3"):
        journal.going_out(message)
    journal.taken("m1")
    journal.taken("m2")
    journal.settled("m2")
    died(journal)
    with Handovers(tmp_path).left_behind() as found:
        # That m2 was stored is known where it is stored: telling it again changes nothing.
        assert (found.taken, found.doubtful) == (frozenset({"m1", "m2"}), frozenset({"m3"}))
    with Handovers(tmp_path).left_behind() as nothing:
        assert (nothing.taken, nothing.doubtful) == (frozenset(), frozenset())


def test_the_journal_of_a_living_process_is_left_alone(tmp_path: Path) -> None:
    journal = Handovers(tmp_path)
    journal.going_out("m1")
    with Handovers(tmp_path).left_behind() as found:
        assert found.doubtful == frozenset()


def test_what_could_not_be_recorded_is_found_again(tmp_path: Path) -> None:
    journal = Handovers(tmp_path)
    journal.going_out("m1")
    died(journal)
    with pytest.raises(RuntimeError), Handovers(tmp_path).left_behind():
        raise RuntimeError
    with Handovers(tmp_path).left_behind() as found:
        assert found.doubtful == {"m1"}


def test_a_line_cut_short_is_in_doubt_or_nothing(tmp_path: Path) -> None:
    (tmp_path / "old.journal").write_text("?m1\n+m1\n?m2\n+")
    with Handovers(tmp_path).left_behind() as found:
        assert (found.taken, found.doubtful) == (frozenset({"m1"}), frozenset({"m2"}))


def test_the_journal_does_not_grow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handovers, "LARGEST", 200)
    journal = Handovers(tmp_path)
    journal.going_out("stays")
    for number in range(500):
        journal.going_out(f"m{number}")
        journal.taken(f"m{number}")
        journal.settled(f"m{number}")
    assert journal._path.stat().st_size < 400
    journal.settled("stays")
    assert journal._path.stat().st_size == 0
