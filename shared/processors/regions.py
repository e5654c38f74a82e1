"""Where the regions of the key service are: it is told a region, and a processor has a country."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from shared.processors.model import Country
from shared.processors.rules import EEA

REGIONS: Final[Mapping[str, Country]] = MappingProxyType(
    {
        "eu-central-1": "DE",
        "eu-central-2": "CH",
        "eu-north-1": "SE",
        "eu-south-1": "IT",
        "eu-south-2": "ES",
        "eu-west-1": "IE",
        "eu-west-2": "GB",
        "eu-west-3": "FR",
        "eusc-de-east-1": "DE",
    }
)
"""AWS regions in Europe, by the country they are in; `eu-` does not mean the European Union."""


def keeps_keys(region: str) -> bool:
    """Whether keys may be in `region`: inside the European Economic Area, and nowhere unknown.

    A guarantee that a transfer elsewhere would rest on can end, and keys cannot wait meanwhile as
    mail can: nothing could be read or erased (C10.1).
    """
    return REGIONS.get(region) in EEA
