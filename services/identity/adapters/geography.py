"""Where network addresses are used, from a file on this machine: no address is sent anywhere."""

from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

import maxminddb

from services.identity.domain.anomaly.facts import Place
from shared.settings import ConfigurationError

SAMPLE: Final = 2_000
"""Entries of a file that are looked at for coordinates when it is opened."""
ROUGHLY_KM: Final = 50
"""What is assumed of how far off an entry may be that does not say."""


class Geography:
    """Looks addresses up in an MMDB file (MaxMind's format), or knows nothing without one."""

    def __init__(self, file: Path | None) -> None:
        """Open `file`.

        Raises:
            ConfigurationError: it cannot be read, or its entries have no coordinates.
        """
        self._reader = None if file is None else _opened(file)

    @property
    def active(self) -> bool:
        """Whether there is a file: without one, what needs places watches nothing."""
        return self._reader is not None

    @property
    def made_at(self) -> datetime | None:
        """When the file was made; addresses move, so that an old one errs."""
        if self._reader is None:
            return None
        return datetime.fromtimestamp(self._reader.metadata().build_epoch, UTC)

    def place(self, address: str) -> Place | None:
        """Return where `address` is used; `None` where that is not known."""
        if self._reader is None:
            return None
        try:
            entry = self._reader.get(address)
        except ValueError:
            return None
        return _place(entry)

    def close(self) -> None:
        """Close the file."""
        if self._reader is not None:
            self._reader.close()


def _opened(file: Path) -> maxminddb.Reader:
    try:
        reader = maxminddb.open_database(str(file))
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
        why = type(error).__name__
        raise ConfigurationError(
            f"CARIONEXIQ_GEOGRAPHY_FILE: cannot read {file} ({why})"
        ) from error
    if not any(_place(entry) for _, entry in islice(reader, SAMPLE)):
        reader.close()
        raise ConfigurationError(
            f"CARIONEXIQ_GEOGRAPHY_FILE: {file} tells no coordinates; a file of cities is needed"
        )
    return reader


def _place(entry: Any) -> Place | None:
    match entry:
        case {"location": {"latitude": float(latitude), "longitude": float(longitude)} as where}:
            country = entry.get("country") or entry.get("registered_country") or {}
            radius = where.get("accuracy_radius", ROUGHLY_KM)
            return Place(latitude, longitude, float(radius), str(country.get("iso_code", "")))
        case _:
            return None
