"""The rules of a prospect (C1.3, C2.9)."""

from collections.abc import Sequence
from typing import assert_never

from services.identity.domain.errors import UnknownRequestError
from services.identity.domain.prospect.commands import (
    ConvertProspect,
    GetInTouch,
    ProspectCommand,
)
from services.identity.domain.prospect.events import (
    ContactMade,
    Converted,
    ProspectEvent,
)
from services.identity.domain.prospect.state import Prospect


def decide(command: ProspectCommand, state: Prospect) -> Sequence[ProspectEvent]:
    """Return what `command` leads to; nothing where it is so already.

    Raises:
        UnknownRequestError: there is no such prospect.
    """
    match command:
        case GetInTouch():
            return [
                ContactMade(
                    prospect_id=command.prospect_id,
                    name=command.name,
                    email=command.email,
                    context=command.context,
                    language=command.language,
                    thread=command.thread,
                )
            ]
        case ConvertProspect(learner_id):
            _require(state)
            if state.converted:
                return []
            return [Converted(prospect_id=state.prospect_id, learner_id=learner_id)]
        case _:
            assert_never(command)


def _require(state: Prospect) -> None:
    if not state.prospect_id:
        raise UnknownRequestError
