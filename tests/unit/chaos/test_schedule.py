"""The schedule of faults: repeatable from its seed, and leaving nothing out."""

from tests.chaos.faults import EVERY_PLACE, schedule


def test_the_same_seed_gives_the_same_faults() -> None:
    assert schedule(7, 200) == schedule(7, 200)
    assert schedule(7, 200) != schedule(8, 200)


def test_as_many_faults_as_there_are_places_strike_each_once() -> None:
    struck = [(fault.kind, fault.target) for fault in schedule(1, len(EVERY_PLACE))]
    assert sorted(struck) == sorted(EVERY_PLACE)


def test_faults_strike_every_place_about_as_often() -> None:
    struck = [(fault.kind, fault.target) for fault in schedule(3, 1000)]
    counts = {struck.count(place) for place in EVERY_PLACE}
    assert max(counts) - min(counts) <= 1
