"""What a letter about a live session tells calendar programs (RFC 6047)."""

from datetime import datetime
from email.message import EmailMessage
from typing import Final

from services.notify.domain.state import MessageState
from shared.calendars import Meeting, Method, calendar_of
from shared.events.notify import MessageKind
from shared.words import Language, Text

METHODS: Final[dict[MessageKind, Method]] = {
    "session_invitation": "REQUEST",
    "session_cancellation": "CANCEL",
}
SUMMARY: Final = Text(fr="Séance en direct carionexiq", en="carionexiq live session")
"""Which course it belongs to is learning history: other people's calendars may show it."""


def add_calendar(
    mail: EmailMessage,
    message: MessageState,
    *,
    to: str,
    sender: str,
    portal: str,
    language: Language,
    at: datetime,
) -> None:
    """Add the calendar to `mail`, as a part that programs act on and as a file; else do nothing.

    Raises:
        ValueError: the message does not say when the session is.
    """
    method, told = METHODS.get(message.kind), message.details
    if method is None:
        return
    if told.session_id is None or told.starts_at is None or told.ends_at is None:
        raise ValueError("a session without its times")
    meeting = Meeting(
        session_id=told.session_id,
        sequence=told.sequence or 0,
        starts_at=told.starts_at,
        ends_at=told.ends_at,
        summary=SUMMARY.say(language),
        url=f"{portal}/live-sessions",
        takes_place=told.cause != "cancelled",
    )
    content = calendar_of([meeting], method, organizer=sender, at=at, attendee=to)
    mail.add_alternative(
        content.decode(),
        subtype="calendar",
        cte="base64",
        params={"method": method, "component": "VEVENT"},
    )
    mail.add_attachment(content, "application", "ics", filename="carionexiq.ics")
