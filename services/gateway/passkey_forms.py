"""Forms that a passkey fills in: the challenge asked for by script, the answer sent as a field."""

import json
from collections.abc import Mapping
from typing import Any, Final

LONGEST: Final = 20_000
"""Characters of what a browser answers a challenge with; more is none."""


def answer_of(form: Mapping[str, str], prefix: str = "") -> dict[str, Any]:
    """Return the ceremony and the browser's answer; an answer that is no JSON object is empty."""
    return {
        "ceremony": form.get(f"{prefix}ceremony", "") or "none",
        "credential": _object(form.get(f"{prefix}credential", "")),
    }


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text) if len(text) <= LONGEST else None
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
