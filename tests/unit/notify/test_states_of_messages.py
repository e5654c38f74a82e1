"""Folding what is stored about a person: messages count, what every service tells does not."""

import pytest

from services.notify.application.read import states_of
from shared.event_store import Metadata, RecordedEvent
from shared.events.base import DomainEvent, PublicEvent
from shared.service.everybodys import EVERYBODYS_EVENTS
from tests.unit.notify.given import NOON, PERSON, queued

META = Metadata.system("test")


def _recorded(event: DomainEvent | PublicEvent, stream: str) -> RecordedEvent:
    return RecordedEvent(f"{stream}-1", stream, 1, PERSON, NOON, event, META)


@pytest.mark.promise("C8.4")
@pytest.mark.parametrize("kind", EVERYBODYS_EVENTS, ids=lambda kind: kind.__name__)
def test_what_every_service_tells_of_itself_is_no_message(kind: type[PublicEvent]) -> None:
    own = _recorded(kind.model_construct(), "of-the-service")
    (state,) = states_of([own, _recorded(queued("welcome"), "message-1"), own])
    assert state.kind == "welcome"
