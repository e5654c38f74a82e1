"""The JSON-LD context of receipts, read once at the start."""

import json
from pathlib import Path
from typing import Any, Final

FILE: Final = Path(__file__).parent.parent / "receipt-context.jsonld"


def load_context(path: Path = FILE) -> dict[str, Any]:
    """Return the context in the file at `path`, which is part of the program."""
    context: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return context
