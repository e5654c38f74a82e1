"""Live sessions open in a calendar program at the right time, once, and name nobody."""

from datetime import UTC, datetime
from http import HTTPStatus

import httpx
import pytest
from icalendar import Calendar, Event

from services.gateway.calendars import calendar_of
from services.gateway.wording import PARIS, wording
from shared.http.auth import Role
from tests.unit.gateway.conftest import NOW, Gateway

WINTER = {
    "session_id": "session-1",
    "trainer_id": "trainer-1",
    "speaker_id": "speaker-1",
    "title": "Négocier; demander, obtenir",
    "cohort": None,
    "starts_at": "2025-03-28T09:00:00Z",
    "ends_at": "2025-03-28T10:30:00Z",
    "cancelled": False,
    "moves": 0,
}
SUMMER = {
    **WINTER,
    "session_id": "session-2",
    "cohort": "2025-A",
    "starts_at": "2025-04-04T08:00:00Z",
    "ends_at": "2025-04-04T09:30:00Z",
}


def parsed(content: bytes) -> tuple[Calendar, list[Event]]:
    calendar = Calendar.from_ical(content)
    assert isinstance(calendar, Calendar)
    return calendar, calendar.events


def test_sessions_are_at_ten_in_paris_in_winter_and_in_summer() -> None:
    calendar, (winter, summer) = parsed(calendar_of([WINTER, SUMMER], wording("fr"), NOW))

    for event, day in ((winter, (2025, 3, 28)), (summer, (2025, 4, 4))):
        assert event.start == datetime(*day, 10, tzinfo=PARIS)
        assert event["DTSTART"].params["TZID"] == "Europe/Paris"
    assert summer.start == datetime(2025, 4, 4, 8, tzinfo=UTC)
    assert [str(zone["TZID"]) for zone in calendar.timezones] == ["Europe/Paris"]
    assert calendar["METHOD"] == "PUBLISH"
    assert str(winter["SUMMARY"]) == "Négocier; demander, obtenir (tout le monde)"


def test_a_session_keeps_its_identity_in_every_download() -> None:
    _, first = parsed(calendar_of([WINTER, SUMMER], wording("fr"), NOW))
    _, later = parsed(calendar_of([SUMMER, WINTER], wording("en"), NOW.replace(hour=23)))

    assert {str(one["UID"]) for one in first} == {str(one["UID"]) for one in later}
    assert len({str(one["UID"]) for one in first}) == 2
    assert {str(one["SEQUENCE"]) for one in [*first, *later]} == {"0"}


def test_a_calendar_names_nobody() -> None:
    content = calendar_of([WINTER], wording("en"), NOW).decode()

    assert "trainer-1" not in content
    assert "speaker-1" not in content
    assert "ATTENDEE" not in content


def test_a_session_that_was_moved_replaces_what_a_calendar_has_of_it() -> None:
    moved = {**WINTER, "starts_at": "2025-03-28T13:00:00Z", "moves": 2}
    own = {**WINTER, "sequence": 5}
    calendar, (event,) = parsed(calendar_of([moved], wording("en"), NOW))
    assert int(str(event["SEQUENCE"])) == 2
    assert event["ORGANIZER"] == "mailto:contact@carionexiq.com"
    assert calendar.errors == event.errors == []
    _, (event,) = parsed(calendar_of([own], wording("en"), NOW))
    assert int(str(event["SEQUENCE"])) == 5


@pytest.mark.parametrize("role", [Role.TRAINER, Role.SPEAKER])
async def test_the_download_holds_every_page_of_sessions(gateway: Gateway, role: Role) -> None:
    gateway.services.answer = httpx.Response(
        HTTPStatus.OK, json={"items": [WINTER], "page": 1, "pages": 2, "total": 2}
    )
    async with gateway.client(role) as browser:
        answer = await browser.get("/staff/sessions/calendar")

    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "carionexiq-sessions.ics" in answer.headers["Content-Disposition"]
    assert len(parsed(answer.content)[1]) == 2
    assert [one.url.params["page"] for one in gateway.services.requests] == ["1", "2"]


async def test_who_has_no_sessions_of_their_own_gets_no_calendar(gateway: Gateway) -> None:
    async with gateway.client(Role.LEARNER) as browser:
        answer = await browser.get("/staff/sessions/calendar")

    assert answer.status_code == HTTPStatus.FORBIDDEN
