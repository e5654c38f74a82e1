"""Answers that must not tell by their time wait for the same moments."""

import asyncio
from types import SimpleNamespace

import pytest

from services.identity.application import even_answers
from services.identity.application.even_answers import rounded_up


class Waits:
    """Records what a loop was asked to wait, without waiting."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds: list[float] = []
        # In that module alone: whatever else goes on in this loop would never wait again.
        alone = SimpleNamespace(sleep=self._sleep, get_running_loop=asyncio.get_running_loop)
        monkeypatch.setattr(even_answers, "asyncio", alone)

    async def _sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Waits:
    return Waits(monkeypatch)


async def test_what_is_left_of_the_time_is_waited_for_after_success_and_failure(
    waits: Waits,
) -> None:
    async with rounded_up(60):
        pass
    with pytest.raises(KeyError):
        async with rounded_up(60):
            raise KeyError
    assert len(waits.seconds) == 2
    assert all(59 < seconds <= 60 for seconds in waits.seconds)


async def test_one_outcome_alone_may_be_held_back(waits: Waits) -> None:
    async with rounded_up(60, failing=KeyError):
        pass
    with pytest.raises(ValueError, match="x"):
        async with rounded_up(60, failing=KeyError):
            raise ValueError("x")
    assert waits.seconds == []
    with pytest.raises(KeyError):
        async with rounded_up(60, failing=KeyError):
            raise KeyError
    assert len(waits.seconds) == 1


async def test_what_takes_longer_than_a_step_waits_for_the_next_one(
    waits: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter((100.0, 100.7))
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: next(moments))
    async with rounded_up(0.5):
        pass
    monkeypatch.undo()
    assert waits.seconds == [pytest.approx(0.3)]
