"""Whose turn it is: a domain never takes all there is, and what is urgent finds room."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from services.notify.adapters.traffic import OTHER, Provider, Providers, Traffic, load_providers
from services.notify.domain.errors import BusyError, DeliveryError

CALM = Providers(per_minute=6000, providers={})


async def test_a_domain_takes_half_of_the_connections_at_most() -> None:
    lanes = Traffic(CALM, connections=4)
    async with lanes.turn("a.test", may_wait=False), lanes.turn("a.test", may_wait=False):
        with pytest.raises(BusyError):
            async with lanes.turn("a.test", may_wait=False):
                pass
        async with lanes.turn("b.test", may_wait=False):
            pass
    async with lanes.turn("a.test", may_wait=False):
        pass


async def test_what_may_wait_leaves_room_for_what_may_not() -> None:
    lanes = Traffic(CALM, connections=6)
    async with AsyncExitStack() as stack:
        for number in range(4):
            await stack.enter_async_context(lanes.turn(f"d{number}.test", may_wait=True))
        with pytest.raises(BusyError):
            async with lanes.turn("e.test", may_wait=True):
                pass
        async with lanes.turn("e.test", may_wait=False):
            pass


async def test_domains_of_a_provider_share_a_rate_and_places_are_given_out_in_order() -> None:
    slow = Provider(domains=("one.test", "two.test"), per_minute=60)
    lanes = Traffic(Providers(per_minute=6000, providers={"big": slow}), connections=8)
    async with lanes.turn("one.test", may_wait=False):
        pass
    waits = []
    for domain in ("two.test", "one.test", "two.test"):
        with pytest.raises(BusyError) as busy:
            async with lanes.turn(domain, may_wait=False):
                pass
        waits.append(busy.value.seconds)
    assert waits == sorted(waits)
    assert waits[2] - waits[0] == pytest.approx(2, abs=0.2)
    assert (lanes.name_of("one.test"), lanes.name_of("famille-nom.test")) == ("big", OTHER)


async def test_a_domain_that_fails_is_left_alone_longer_each_time() -> None:
    lanes, waits = Traffic(CALM, connections=4), []
    for _ in range(3):
        with pytest.raises(DeliveryError):
            async with lanes.turn("a.test", may_wait=False):
                raise DeliveryError("slow", permanent=False, of_domain=True)
        with pytest.raises(BusyError) as busy:
            async with lanes.turn("a.test", may_wait=False):
                pass
        waits.append(busy.value.seconds)
        lanes._lanes["a.test"].paused_until = asyncio.get_running_loop().time()
    assert waits == [pytest.approx(seconds, abs=0.5) for seconds in (15, 30, 60)]


async def test_one_refused_message_speaks_against_no_other() -> None:
    lanes = Traffic(CALM, connections=4)
    with pytest.raises(DeliveryError):
        async with lanes.turn("a.test", may_wait=False):
            raise DeliveryError("451", permanent=False)
    async with lanes.turn("a.test", may_wait=False):
        pass


def test_the_rates_are_data_that_can_be_read() -> None:
    known = load_providers().by_domain()
    assert known["gmail.com"] == "google"
