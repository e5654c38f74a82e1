"""Calendars are told of live sessions by mail: each change once, the latest alone, to the end."""

from datetime import timedelta
from email.message import EmailMessage

from icalendar import Calendar

from shared.events import learning
from shared.events.base import SubjectId
from tests.integration.notify.conftest import START, Notify
from tests.integration.notify.test_messages import order

SESSION = "session-1"
HOUR = timedelta(hours=1)


def invited(learner: SubjectId, sequence: int, days: int) -> learning.SessionInvited:
    starts_at = START + timedelta(days=days)
    return learning.SessionInvited(
        learner_id=learner,
        session_id=SESSION,
        module_id="module-1",
        sequence=sequence,
        starts_at=starts_at,
        ends_at=starts_at + HOUR,
        moved=sequence > 0,
    )


def off(
    told: learning.SessionInvited, because: learning.UninvitedBecause
) -> learning.SessionUninvited:
    fields = told.model_dump(exclude={"moved", "sequence"})
    return learning.SessionUninvited(**fields, sequence=told.sequence + 1, because=because)


def calendars(notify: Notify, learner: SubjectId) -> list[tuple[str, int]]:
    """Return the method and SEQUENCE of every calendar that went to `learner`, in order."""
    return [
        _calendar(mail)
        for mail in notify.post.taken
        if str(learner) in str(mail["To"]) and (mail.get_content_type() == "multipart/mixed")
    ]


def _calendar(mail: EmailMessage) -> tuple[str, int]:
    (part,) = [one for one in mail.walk() if one.get_content_type() == "text/calendar"]
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    calendar = Calendar.from_ical(content)
    assert isinstance(calendar, Calendar)
    (event,) = calendar.events
    assert event["ATTENDEE"] == f"mailto:{mail['To']}"
    assert str(event["UID"]) == f"{SESSION}@sessions.carionexiq.com"
    return str(calendar["METHOD"]), int(str(event["SEQUENCE"]))


async def test_each_change_is_told_once_and_what_is_no_longer_true_is_not_told(
    notify: Notify,
) -> None:
    learner = await notify.world.learner()
    await notify.until_status(learner, "welcome", "sent")
    first, moved = invited(learner, 0, 3), invited(learner, 1, 4)
    stream = f"seat-{SESSION}-{learner}"
    told = await notify.world.tell(first, stream=stream, subject=learner)
    await notify.until_status(learner, "session_invitation", "sent")
    await notify.world.again(told)
    await notify.until_caught_up()
    assert calendars(notify, learner) == [("REQUEST", 0)]

    notify.post.refusals.append("451 later")
    await notify.world.tell(moved, stream=stream, subject=learner)
    await notify.until_caught_up()
    await notify.world.tell(off(moved, "cancelled"), stream=stream, subject=learner)
    await notify.until_status(learner, "session_cancellation", "sent")
    notify.later(HOUR)
    await notify.run("retries")
    assert calendars(notify, learner) == [("REQUEST", 0), ("CANCEL", 2)]
    reasons = {m["reason"] for m in await notify.messages(learner) if m["status"] == "suppressed"}
    assert reasons == {"superseded"}


async def test_the_calendar_of_somebody_who_is_erased_forgets_what_is_to_come(
    notify: Notify,
) -> None:
    learner = await notify.world.learner()
    await notify.until_status(learner, "welcome", "sent")
    told = invited(learner, 0, 3)
    stream = f"seat-{SESSION}-{learner}"
    await notify.world.tell(told, stream=stream, subject=learner)
    await notify.until_status(learner, "session_invitation", "sent")
    ordered = order(learner)
    await notify.world.tell(ordered, stream=f"case-{ordered.case_id}", subject=learner)
    await notify.until_status(learner, "erasure_certificate", "sent")
    # Learning finds out by itself that the enrolment has ended, and tells the same once more.
    await notify.world.tell(off(told, "not_enrolled"), stream=stream, subject=learner)
    await notify.until_caught_up()

    assert calendars(notify, learner) == [("REQUEST", 0), ("CANCEL", 1)]
    assert len(notify.post.taken) == 4
