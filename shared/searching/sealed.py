"""Finding sealed values within documents."""

import json
from collections.abc import Iterator
from typing import Any

from shared.personal import Sealed
from shared.vault.vault import SEALED_FIELDS


def sealed_values(node: Any) -> Iterator[Sealed]:
    """Yield every sealed value anywhere within a document."""
    if isinstance(node, dict):
        if node.keys() == SEALED_FIELDS:
            yield Sealed.model_validate(node)
        else:
            for value in node.values():
                yield from sealed_values(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from sealed_values(value)


def sealed_in_json(record: bytes) -> Iterator[Sealed]:
    """Yield every sealed value in `record` where that is a JSON object."""
    if record.startswith(b"{"):
        try:
            content = json.loads(record)
        except ValueError:
            return
        yield from sealed_values(content)
