"""The rules of access files in given / when / then: complete with the last part, fetched once."""

from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain import errors
from services.identity.domain.access_file import commands as c
from services.identity.domain.access_file import events as e
from services.identity.domain.access_file.decide import ask_again_at, decide
from services.identity.domain.access_file.evolve import evolve
from services.identity.domain.access_file.state import NO_FILE, AccessFile
from shared.access_files import CONTRIBUTORS
from shared.events.base import SubjectId

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WHO, FILE = SubjectId("learner-1"), "case-1"
REQUEST = c.RequestFile(
    WHO, FILE, has_account=True, language="fr", key_digest="a" * 64, owed=CONTRIBUTORS, at=NOW
)


def given_(*commands: c.AccessFileCommand) -> AccessFile:
    """Return the file after `commands`."""
    state = NO_FILE
    for command in commands:
        state = reduce(evolve, decide(command, state), state)
    return state


def part(service: str, at: datetime = NOW) -> c.TakePart:
    """Return that `service` made its part."""
    return c.TakePart(service, at, values=1, size=2, sha256="b" * 64, at=at)


ALL = tuple(part(service) for service in CONTRIBUTORS)


@pytest.mark.promise("C8.1")
@given(st.permutations(CONTRIBUTORS), st.lists(st.sampled_from((*CONTRIBUTORS, "stranger"))))
def test_it_is_complete_with_the_last_part_and_never_before(
    order: list[str], repeated: list[str]
) -> None:
    state = given_(REQUEST)
    for place, service in enumerate(order):
        state = reduce(evolve, decide(part(service), state), state)
        for again in repeated:
            if again in order[: place + 1] or again == "stranger":
                assert decide(part(again), state) == []
        assert (state.until is not None) == (place == len(order) - 1)


def test_asking_for_it_twice_asks_nobody_twice() -> None:
    assert decide(REQUEST, given_(REQUEST)) == []


@pytest.mark.promise("C8.1")
def test_it_can_be_fetched_once_and_for_seven_days_of_the_calendar_of_paris() -> None:
    state = given_(REQUEST, *ALL)
    assert state.until == NOW + timedelta(days=7)
    (fetched,) = decide(c.FetchFile(NOW), state)
    assert isinstance(fetched, e.FileFetched)
    with pytest.raises(errors.FileFetchedError):
        decide(c.FetchFile(NOW), evolve(state, fetched))
    with pytest.raises(errors.FileExpiredError):
        decide(c.FetchFile(state.until), state)
    in_spring = datetime(2026, 3, 26, 9, 0, tzinfo=UTC)
    late = given_(REQUEST, *(part(service, in_spring) for service in CONTRIBUTORS))
    assert late.until == in_spring + timedelta(days=7, hours=-1)


@pytest.mark.promise("C8.1")
def test_an_incomplete_one_is_never_handed_over() -> None:
    with pytest.raises(errors.UnknownFileError):
        decide(c.FetchFile(NOW), NO_FILE)
    with pytest.raises(errors.FileIncompleteError):
        decide(c.FetchFile(NOW), given_(REQUEST, *ALL[1:]))


@pytest.mark.promise("C8.1")
def test_what_is_owed_is_asked_for_again_ever_more_rarely_and_named() -> None:
    state = given_(REQUEST, *ALL[1:])
    assert decide(c.FollowFile(NOW + timedelta(minutes=4)), state) == []
    for attempt, minutes in enumerate((5, 15, 35), 1):
        at = NOW + timedelta(minutes=minutes)
        assert ask_again_at(NOW, attempt - 1) == at
        (delayed,) = decide(c.FollowFile(at), state)
        assert isinstance(delayed, e.FileDelayed)
        assert (delayed.services, delayed.since) == (CONTRIBUTORS[:1], NOW)
        state = evolve(state, delayed)
        assert decide(c.FollowFile(at), state) == []
    assert ask_again_at(NOW, 21) - ask_again_at(NOW, 20) == timedelta(days=1)
    assert decide(c.FollowFile(NOW + timedelta(days=9)), given_(REQUEST, *ALL)) == []
