"""Bounces and complaints from a real mailbox; an address is left alone until it is proven."""

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from imap_tools import MailBoxUnencrypted
from tenacity import Retrying, stop_after_delay, wait_fixed

from services.notify.adapters.return_path import ReturnPaths
from services.notify.domain.timing import TEACHING_APART
from shared.engines import free_ports
from shared.engines.ports import answers
from shared.events import identity, learning
from shared.events.base import SubjectId
from shared.http.auth import Role
from tests.integration.notify.conftest import LINK_SECRET, Notify, PostOffice, Told, running
from tests.unit.notify.reports import bounce, complaint

ADDRESS = "retour@carionexiq.test"
RETURNS = ReturnPaths(LINK_SECRET, ADDRESS)


@pytest.fixture
def return_mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """An IMAP server with an empty mailbox, which the service is told of."""
    (port,) = free_ports(1)
    command = [str(Path(sys.executable).with_name("pymap")), "--host", "127.0.0.1"]
    command += ["--port", str(port), "--no-tls", "dict"]
    command += ["--demo-user", "desk", "--demo-password", "secret"]
    settings = {"HOST": "127.0.0.1", "PORT": str(port), "TLS": "none"}
    settings |= {"USERNAME": "desk", "PASSWORD": "secret"}
    monkeypatch.setenv("CARIONEXIQ_RETURN_ADDRESS", ADDRESS)
    for name, value in settings.items():
        monkeypatch.setenv(f"CARIONEXIQ_RETURN_IMAP_{name}", value)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        for attempt in Retrying(stop=stop_after_delay(20), wait=wait_fixed(0.05)):
            with attempt:
                assert answers(port)
        yield port
        server.terminate()


@pytest.fixture
async def service(
    return_mailbox: int,
    world: Told,
    post_office: tuple[PostOffice, int],
    service_environment: dict[str, str],
) -> AsyncIterator[Notify]:
    del return_mailbox, service_environment  # in force
    async with running(world, post_office[0]) as notify:
        yield notify


def comes_back(port: int, *mails: bytes) -> None:
    with MailBoxUnencrypted("127.0.0.1", port, timeout=10).login("desk", "secret") as box:
        for mail in mails:
            box.append(mail, "INBOX")


def left(port: int) -> list[int]:
    with MailBoxUnencrypted("127.0.0.1", port, timeout=10).login("desk", "secret") as box:
        found = [len(box.uids())]
        box.folder.set("Set aside")
        return [*found, len(box.uids())]


def reminder(learner: SubjectId, number: int) -> learning.TrainingReminderDue:
    return learning.TrainingReminderDue(
        learner_id=learner, enrolment_id=f"enrolment-{number}", module_id=f"module-{number}"
    )


@pytest.mark.promise("C5.1", "C9.2", "C2.2")
async def test_an_address_that_came_back_is_left_alone_until_it_is_proven(
    service: Notify, return_mailbox: int
) -> None:
    learner = await service.world.learner()
    welcome = await service.until_status(learner, "welcome", "sent")
    path = RETURNS.of(welcome["message_id"])
    comes_back(return_mailbox, bounce(path), bounce(path), complaint(), b"From: x\r\n\r\n")
    told = await service.run("returned")
    assert {name: count for name, count in told.items() if count} == {"bounced": 2, "aside": 2}
    assert left(return_mailbox) == [0, 2]
    await service.until_status(learner, "welcome", "bounced")

    await service.world.tell(reminder(learner, 1), stream="enrolment-1", subject=learner)
    withheld = await service.until_status(learner, "reminder", "suppressed")
    assert withheld["reason"] == "bounced"
    stored = service.mongo.database("notify").collection("suppressions")
    (row,) = [one async for one in stored.find({})]
    assert "@" not in str(row)
    assert learner not in str(row)
    operators = service.headers("operator", Role.SYSTEM)
    shown = (await service.client.get("/delivery", headers=operators)).json()
    assert shown["suppressed_addresses"] == {"bounced": 1, "complained": 0}
    assert {(one["outcome"], one["of"], one["why"]): one["count"] for one in shown["counts"]} == {
        ("sent", "transactional", "-"): 1,
        ("bounced", "transactional", "hard"): 1,
        ("suppressed", "teaching", "bounced"): 1,
    }
    assert "@" not in str(shown)

    proof = identity.PasswordChanged(learner_id=learner, how="recovered")
    await service.world.tell(proof, stream=f"learner-{learner}", subject=learner)
    await service.until_status(learner, "password_changed", "sent")
    await service.until_caught_up()
    assert [one async for one in stored.find({})] == []


@pytest.mark.promise("C9.2")
async def test_whoever_calls_a_newsletter_unwanted_gets_no_more_but_the_necessary(
    service: Notify, return_mailbox: int
) -> None:
    learner = await service.world.learner(newsletter=True)
    await service.until_status(learner, "welcome", "sent")
    await service.until_caught_up()
    assert (await service.run("newsletter"))["sent"] == 1
    letter = service.post.taken[-1]
    assert str(letter["CFBL-Address"]) == f"{ADDRESS}; report=arf"
    comes_back(return_mailbox, complaint(feedback_id=str(letter["CFBL-Feedback-ID"]), to=ADDRESS))
    assert (await service.run("returned"))["complained"] == 1
    service.later(timedelta(days=31))
    assert (await service.run("newsletter"))["suppressed"] == 1
    (newest, *_) = await service.messages(learner)
    assert (newest["kind"], newest["reason"]) == ("newsletter", "complained")


@pytest.mark.promise("C5.1")
async def test_reminders_at_night_leave_in_the_morning_and_many_as_one(service: Notify) -> None:
    learner = await service.world.learner()
    await service.until_status(learner, "welcome", "sent")
    await service.world.tell(reminder(learner, 1), stream="enrolment-1", subject=learner)
    await service.until_status(learner, "reminder", "sent")
    service.later(timedelta(hours=13))
    for number in (2, 3, 4):
        await service.world.tell(
            reminder(learner, number), stream=f"enrolment-{number}", subject=learner
        )
    asked = identity.PasswordRecoveryRequested.model_validate(
        {"learner_id": learner, "token": "opaque", "until": service.clock.now()}
    )
    await service.world.tell(asked, stream=f"learner-{learner}", subject=learner)
    await service.until_status(learner, "password_recovery", "sent")
    await service.until_caught_up()
    waiting = [one for one in await service.messages(learner) if one["status"] == "queued"]
    assert {one["waiting_for"] for one in waiting} <= {"digest", "quiet_hours"}
    assert len(waiting) == 3
    assert (await service.run("retries"))["sent"] == 0
    service.later(TEACHING_APART)
    await service.run("retries")
    shown = await service.messages(learner)
    assert [one["status"] for one in shown if one["kind"] == "digest"] == ["sent"]
    assert [one["reason"] for one in shown if one["kind"] == "reminder"].count("digested") == 3
    assert "3 modules" in str(service.post.taken[-1].get_body(("plain",)))


@pytest.mark.promise("C5.1")
async def test_the_morning_is_that_of_the_zone_a_learner_chose(service: Notify) -> None:
    learner = await service.world.learner()
    chosen = identity.ZoneChosen.model_validate({"learner_id": learner, "zone": "America/New_York"})
    await service.world.tell(chosen, stream=f"learner-{learner}", subject=learner)
    await service.until_status(learner, "welcome", "sent")
    await service.until_caught_up()
    await service.world.tell(reminder(learner, 1), stream="enrolment-1", subject=learner)
    await service.until_caught_up()

    # Ten in Paris is four in New York.
    waiting = await service.until_status(learner, "reminder", "queued")
    assert waiting["waiting_for"] == "quiet_hours"
    until = datetime.fromisoformat(waiting["until"]).astimezone(ZoneInfo("America/New_York"))
    assert until.hour == 8
    service.later(timedelta(hours=5))
    assert (await service.run("retries"))["sent"] == 1
