"""An invitation by mail is one that calendar programs understand (RFC 5545, 5546, 6047)."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from icalendar import Calendar, Event

from services.notify.domain.errors import DeliveryError
from services.notify.domain.events import Details
from services.notify.domain.recipient import Recipient
from services.notify.domain.state import MessageState
from shared.calendars import PARIS
from shared.events.notify import MessageKind
from shared.personal import Personal
from tests.unit.notify.given import message, recipient
from tests.unit.notify.test_letters import LETTERS

# The last Sunday of March is between the two: each end has another offset.
STARTS = datetime(2028, 3, 25, 22, 30, tzinfo=UTC)
ENDS = datetime(2028, 3, 26, 2, 0, tzinfo=UTC)
SENT = datetime(2028, 3, 1, 8, tzinfo=UTC)
ADDRESS = "canari@exemple.test"


def told(kind: MessageKind, cause: str, **fields: Any) -> MessageState:
    known = {"session_id": "s-1", "sequence": 3, "starts_at": STARTS, "ends_at": ENDS, **fields}
    return message(kind, details=Details(cause=cause, **known))


def mail(state: MessageState, to: Recipient | None = None) -> EmailMessage:
    written = LETTERS.written(state, to or recipient(), SENT).content
    parsed = message_from_bytes(written, policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def calendar_of(letter: EmailMessage) -> tuple[Calendar, Event]:
    (part,) = [one for one in letter.walk() if one.get_content_type() == "text/calendar"]
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    calendar = Calendar.from_ical(content)
    assert isinstance(calendar, Calendar)
    (event,) = calendar.events
    return calendar, event


@pytest.mark.parametrize(
    ("kind", "cause", "method"),
    [
        ("session_invitation", "planned", "REQUEST"),
        ("session_invitation", "moved", "REQUEST"),
        ("session_cancellation", "cancelled", "CANCEL"),
        ("session_cancellation", "given_up", "CANCEL"),
        ("session_cancellation", "erased", "CANCEL"),
    ],
)
def test_programs_find_the_calendar_as_an_alternative_and_people_as_a_file(
    kind: MessageKind, cause: str, method: str
) -> None:
    letter = mail(told(kind, cause))
    mixed = [one.get_content_type() for one in letter.iter_parts()]
    assert (letter.get_content_type(), mixed) == (
        "multipart/mixed",
        ["multipart/alternative", "application/ics"],
    )
    alternative, file = letter.iter_parts()
    kinds = [one.get_content_type() for one in alternative.iter_parts()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    part = list(alternative.iter_parts())[-1]
    assert part["Content-Type"].params["method"] == method
    assert part["Content-Type"].params["charset"].lower() == "utf-8"
    assert file.get_filename() == "carionexiq.ics"
    content = part.get_payload(decode=True)
    assert content == file.get_payload(decode=True)
    assert isinstance(content, bytes)
    lines = content.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75
    assert f"METHOD:{method}".encode() in lines


def test_an_invitation_has_what_the_standards_ask_and_names_the_learner_alone() -> None:
    calendar, event = calendar_of(mail(told("session_invitation", "planned")))
    assert (str(calendar["VERSION"]), str(calendar["METHOD"])) == ("2.0", "REQUEST")
    assert str(event["UID"]) == "s-1@sessions.carionexiq.com"
    assert int(str(event["SEQUENCE"])) == 3
    assert event.DTSTAMP == SENT
    assert event["ORGANIZER"] == "mailto:contact@carionexiq.test"
    attendee = event["ATTENDEE"]
    assert attendee == f"mailto:{ADDRESS}"
    assert attendee.params["PARTSTAT"] == "NEEDS-ACTION"
    assert attendee.params["RSVP"] == "FALSE"
    assert str(event["STATUS"]) == "CONFIRMED"
    assert event.start == STARTS
    assert event.end == ENDS
    assert event.errors == calendar.errors == []


def test_times_are_those_of_paris_with_the_rules_of_the_zone() -> None:
    calendar, event = calendar_of(mail(told("session_invitation", "planned")))
    assert event["DTSTART"].params["TZID"] == event["DTEND"].params["TZID"] == "Europe/Paris"
    (zone,) = calendar.timezones
    assert str(zone["TZID"]) == "Europe/Paris"
    theirs = zone.to_tz()
    for instant in (STARTS, ENDS, STARTS + timedelta(days=120)):
        local = instant.astimezone(PARIS).replace(tzinfo=None)
        assert local.replace(tzinfo=theirs).utcoffset() == instant.astimezone(PARIS).utcoffset()


@pytest.mark.parametrize(
    ("cause", "status"), [("cancelled", "CANCELLED"), ("given_up", None), ("erased", None)]
)
def test_only_a_session_that_does_not_take_place_has_the_status_of_it(
    cause: str, status: str | None
) -> None:
    # RFC 5546, 3.2.5: taking one person off says nothing of the status of the whole.
    _, event = calendar_of(mail(told("session_cancellation", cause)))
    assert event.get("STATUS") == status
    assert "PARTSTAT" not in event["ATTENDEE"].params


def test_the_text_tells_the_learners_own_time_and_the_calendar_no_course() -> None:
    letter = mail(
        told("session_invitation", "planned", module_id="budget-request"),
        recipient(zone="America/New_York"),
    )
    body = letter.get_body(("plain",))
    assert body is not None
    assert "25 mars 2028 à 18:30 (New York, UTC-4)" in " ".join(body.get_content().split())
    _, event = calendar_of(letter)
    assert str(event["SUMMARY"]) == "Séance en direct carionexiq"
    assert "budget" not in event.to_ical().decode()


def test_a_message_that_does_not_say_when_is_not_written() -> None:
    with pytest.raises(DeliveryError):
        mail(told("session_cancellation", "given_up", session_id=None))


def test_an_address_of_another_alphabet_is_the_one_the_mail_goes_to() -> None:
    letter = mail(
        told("session_invitation", "planned"), recipient(email=Personal("canari@bücher.test"))
    )
    _, event = calendar_of(letter)
    assert event["ATTENDEE"] == f"mailto:{letter['To']}"
