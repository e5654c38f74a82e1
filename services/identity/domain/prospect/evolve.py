"""Folding a prospect's history."""

from dataclasses import replace
from typing import assert_never

from services.identity.domain.prospect.events import (
    ContactMade,
    Converted,
    InteractionRecorded,
    ProspectEvent,
)
from services.identity.domain.prospect.state import Prospect


def evolve(state: Prospect, event: ProspectEvent) -> Prospect:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case ContactMade():
            return replace(state, prospect_id=event.prospect_id, language=event.language)
        case InteractionRecorded():
            return state
        case Converted():
            return replace(state, converted=True)
        case _:
            assert_never(event)
