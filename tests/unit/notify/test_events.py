"""Events that people who consent are invited to: when one may be announced, what is sent."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from functools import reduce
from typing import Final

import icalendar
import pytest
from hypothesis import given as with_any
from hypothesis import strategies as st

from services.notify.adapters.letters import Letters
from services.notify.adapters.samples import EVENT
from services.notify.adapters.texts import load_texts
from services.notify.adapters.unsubscribe_links import UnsubscribeLinks
from services.notify.application.uses import MARKETING
from services.notify.domain.basis import why_not
from services.notify.domain.errors import EventDatesError
from services.notify.domain.event.book import (
    LONGEST,
    SOONEST,
    AnnounceEvent,
    CallEventOff,
    EventBook,
    EventBookCommand,
    decide,
    evolve,
)
from services.notify.domain.events import Details
from shared.choices import token
from tests.unit.notify.given import message, recipient

NOW: Final = datetime(2026, 3, 3, 12, tzinfo=UTC)
SECRET: Final = "a secret for the tests alone"
INVITED: Final = message("event_invitation", details=Details(event=EVENT))


def announce(ahead: timedelta, length: timedelta) -> AnnounceEvent:
    """Announce the sample, beginning `ahead` of now, for so long."""
    dates = {"starts_at": NOW + ahead, "ends_at": NOW + ahead + length}
    return AnnounceEvent(EVENT.model_copy(update=dates), "staff-1", NOW)


def after(*commands: EventBookCommand) -> EventBook:
    """Return the book after `commands`."""
    book = EventBook()
    for command in commands:
        book = reduce(evolve, decide(command, book), book)
    return book


@with_any(ahead=st.integers(-48, 72), hours=st.integers(-3, 120))
def test_an_event_is_announced_a_day_ahead_and_lasts_four_days_at_most(
    ahead: int, hours: int
) -> None:
    command = announce(timedelta(hours=ahead), timedelta(hours=hours))
    fits = timedelta(hours=ahead) >= SOONEST and timedelta(0) < timedelta(hours=hours) <= LONGEST
    if fits:
        assert len(decide(command, EventBook())) == 1
        return
    with pytest.raises(EventDatesError):
        decide(command, EventBook())


@pytest.mark.promise("C9.2")
def test_people_are_invited_until_it_begins_or_is_called_off() -> None:
    command = announce(timedelta(days=2), timedelta(hours=2))
    book = after(command, command)
    assert [one.event for one in book.coming(NOW)] == [command.event]
    assert list(book.coming(command.event.starts_at)) == []
    off = CallEventOff(EVENT.event_id, "staff-1", NOW)
    assert list(after(command, off, off).coming(NOW)) == []
    assert decide(off, EventBook()) == []
    assert decide(off, after(command, off)) == []


@pytest.mark.promise("C9.2")
def test_an_invitation_rests_on_the_consent_to_invitations_and_on_no_other() -> None:
    assert why_not(INVITED, recipient(consents=frozenset({"events"}))) is None
    for consents in (frozenset(), frozenset({"newsletter", "surveys"})):
        assert why_not(INVITED, recipient(consents=consents)) == "no_consent"
    assert MARKETING["events"].needs == token("consent", "events")


@pytest.mark.promise("C9.2")
@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_brings_a_calendar_entry_and_one_press_stops_invitations(language: str) -> None:
    links = UnsubscribeLinks(SECRET, "https://portal.test")
    letters = Letters(
        load_texts(), links, public_url="https://portal.test", sender="contact@carionexiq.test"
    )
    mail = message_from_bytes(letters.written(INVITED, recipient(language=language), NOW).content)
    link = links.link(INVITED.subject_id, "events")
    assert mail["List-Unsubscribe"] == f"<{link}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (file,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    content = file.get_payload(decode=True)
    assert isinstance(content, bytes)
    (entry,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert entry.decoded("dtstart") == EVENT.starts_at
    assert str(entry["summary"]) == (EVENT.heading.fr if language == "fr" else EVENT.heading.en)
    assert b"exemple.test" not in content, "nobody who is invited is named"
