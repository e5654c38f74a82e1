"""The JSON Schema of the portability file, for whoever makes or reads one (C8.5)."""

import json
from pathlib import Path

from deploy.docs.written import DOCS
from shared.portability.file import schema


def document() -> dict[Path, str]:
    """Return `docs/portability-1.schema.json` by its path."""
    return {DOCS / "portability-1.schema.json": json.dumps(schema(), indent=2) + "\n"}
