"""Where a recording is: on a machine of ours, or with whoever runs the video tool (C10.2)."""

from typing import Final
from urllib.parse import urlsplit

OURS: Final = frozenset({"", "127.0.0.1", "::1", "localhost"})


def is_elsewhere(location: str) -> bool:
    """Whether `location` leads to another machine; what cannot be read counts as such."""
    try:
        found = urlsplit(location.strip())
        host = found.hostname or ""
    except ValueError:
        return True
    return host not in OURS or found.scheme not in {"", "file", "http", "https"}
