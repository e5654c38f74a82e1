"""What identity's endpoints know of a caller beside who it is."""

from typing import Annotated

from fastapi import Depends, Header


def _client_address(x_forwarded_for: Annotated[str, Header()] = "unknown") -> str:
    return x_forwarded_for.split(",")[0].strip()[:100]


ClientAddress = Annotated[str, Depends(_client_address)]
"""Network address of the browser, as the gateway tells it; `unknown` of callers inside."""
