"""Devices are named as people would name them, without version or address."""

import pytest

from services.gateway.devices import Device, device_of

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)


@pytest.mark.parametrize(
    ("said", "named"),
    [
        (FIREFOX, Device("Firefox", "Linux")),
        (SAFARI, Device("Mobile Safari", "iOS")),
        ("", Device()),
        ("x" * 100_000, Device()),
    ],
)
def test_what_a_browser_says_becomes_two_names(said: str, named: Device) -> None:
    assert device_of(said) == named
