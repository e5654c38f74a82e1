"""Marks tell whether one ledger goes on from another."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from shared.ledger_mark import NOTHING, continues, mark_of

LINES = st.lists(st.binary(max_size=20).map(lambda b: b.replace(b"\n", b"") + b"\n"), max_size=8)


def test_no_ledger_is_an_empty_one(tmp_path: Path) -> None:
    assert mark_of(tmp_path / "none") == NOTHING
    assert continues(tmp_path / "none", NOTHING)


@given(LINES, LINES, st.binary(max_size=5))
def test_a_ledger_continues_its_beginnings_and_no_other(
    tmp_path_factory: object, first: list[bytes], more: list[bytes], cut: bytes
) -> None:
    folder = tmp_path_factory.mktemp("ledger")  # type: ignore[attr-defined]
    short, long, other = folder / "short", folder / "long", folder / "other"
    short.write_bytes(b"".join(first) + cut.replace(b"\n", b""))
    long.write_bytes(b"".join(first + more))
    other.write_bytes(b"x" + b"".join(first))
    mark = mark_of(short)
    assert mark.entries == len(first)
    assert continues(long, mark)
    assert continues(short, mark_of(long)) == (not more)
    assert continues(other, mark) == (not first)
