"""The schedule of faults: repeatable from its seed, and leaving nothing out."""

from tests.chaos.faults import EVERY_PLACE, schedule


def test_the_same_seed_gives_the_same_faults() -> None:
    assert schedule(7, 200) == schedule(7, 200)
    assert schedule(7, 200) != schedule(8, 200)


def test_fifty_faults_strike_every_place_there_is() -> None:
    assert {(fault.kind, fault.target) for fault in schedule(1, 50)} == set(EVERY_PLACE)


def test_faults_strike_every_place_about_as_often() -> None:
    struck = [(fault.kind, fault.target) for fault in schedule(3, 1000)]
    counts = {struck.count(place) for place in EVERY_PLACE}
    assert max(counts) - min(counts) <= 1
