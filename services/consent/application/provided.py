"""What the person decided, for the portability file (C8.5)."""

from collections.abc import Mapping
from typing import Final, Literal

from services.consent.domain.state import ConsentState, Decision
from shared.portability.file import Choice, ConsentPart

Kind = Literal["consent", "objection", "restriction"]


def provided(state: ConsentState) -> ConsentPart:
    """Return the latest decision about each consent, objection and restriction."""
    decided: Final[Mapping[Kind, Mapping[str, Decision]]] = {
        "consent": {str(name): one for name, one in state.consents.items()},
        "objection": {str(name): one for name, one in state.objections.items()},
        "restriction": {str(name): one for name, one in state.restrictions.items()},
    }
    if state.closed:
        return ConsentPart()
    return ConsentPart(
        choices=tuple(
            Choice(kind=kind, about=about, holds=one.holds, decided_at=one.since)
            for kind, decisions in decided.items()
            for about, one in decisions.items()
        )
    )
