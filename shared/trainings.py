"""The programmes of the yearly training of staff (C7.7): codes, and words in both languages."""

from collections.abc import Mapping
from typing import Final, Literal

from shared.words import Text

Programme = Literal["data_protection", "security", "both"]

PROGRAMMES: Final[Mapping[Programme, Text]] = {
    "both": Text(
        fr="Protection des données et sécurité, formation annuelle",
        en="Data protection and security, yearly training",
    ),
    "data_protection": Text(
        fr="Protection des données, remise à niveau", en="Data protection, refresher"
    ),
    "security": Text(
        fr="Sécurité et hameçonnage, remise à niveau", en="Security and phishing, refresher"
    ),
}
"""What counts as the training of a year; the first is the usual one."""
