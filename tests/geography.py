"""A file that tells where invented networks are."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmdb_writer import MMDBWriter
from netaddr import IPSet


def city(latitude: float, longitude: float, country: str) -> dict[str, Any]:
    """Return an entry of a file of cities."""
    where = {"latitude": latitude, "longitude": longitude, "accuracy_radius": 20}
    return {"location": where, "country": {"iso_code": country}}


def written(file: Path, entries: Mapping[str, dict[str, Any]]) -> Path:
    """Write `entries`, by network, to `file` in MaxMind's format."""
    writer = MMDBWriter(ip_version=4, database_type="Test")
    for network, entry in entries.items():
        writer.insert_network(IPSet([network]), entry)
    writer.to_db_file(str(file))
    return file
