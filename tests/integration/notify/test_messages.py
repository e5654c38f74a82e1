"""Facts in, mail out over real SMTP: once, with a basis, and with retries."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from services.consent.adapters.unsubscribe_links import UnsubscribeLinks
from services.notify.domain.decide import LEASE
from services.notify.domain.timing import BACKOFF
from shared.events import identity, learning, retention
from shared.events.base import SubjectId
from shared.events.erasure import KeyScope
from shared.events.retention import HeldScope
from shared.http.auth import Role
from shared.ids import new_id
from shared.personal import WHOLE, Category, Personal
from shared.vault import KeyId
from tests.integration.notify.conftest import LINK_SECRET, Notify

MONTH = timedelta(days=31)


def reminder(learner: SubjectId) -> learning.TrainingReminderDue:
    return learning.TrainingReminderDue(
        learner_id=learner, enrolment_id="enrolment-1", module_id="module-1"
    )


def order(
    learner: SubjectId, *, reason: str = "request", closes: bool = True
) -> retention.ErasureOrdered:
    return retention.ErasureOrdered.model_validate(
        {
            "case_id": new_id(),
            "subject_id": learner,
            "scopes": [KeyScope(category=Category.CONTACT).model_dump()],
            "mode": "deleted",
            "reason": reason,
            "rule_ids": ["contact"],
            "closes_account": closes,
        }
    )


async def test_a_confirmation_reaches_somebody_who_registered_a_moment_ago(notify: Notify) -> None:
    learner = SubjectId(new_id())
    registered = identity.LearnerRegistered.model_validate(
        {
            "learner_id": learner,
            "first_name": Personal("Prénom"),
            "last_name": Personal("Nom"),
            "email": Personal(f"{learner}@exemple.test"),
            "language": "en",
            "minor": False,
        }
    )
    asked = identity.EmailConfirmationRequested.model_validate(
        {"learner_id": learner, "token": Personal("opaque-token")}
    )
    for fact in (registered, asked):
        await notify.world.tell(fact, stream=f"learner-{learner}", subject=learner)
    await notify.until_status(learner, "confirmation", "sent")

    (mail,) = notify.post.taken
    body = mail.get_body(("plain",))
    assert mail["To"] == f"{learner}@exemple.test"
    assert body is not None
    assert "https://portal.test/confirm?token=opaque-token" in str(body.get_content())


@pytest.mark.promise("C5.1")
async def test_a_redelivered_fact_sends_one_mail(notify: Notify) -> None:
    learner = await notify.world.learner()
    await notify.until_status(learner, "welcome", "sent")
    fact = await notify.world.tell(reminder(learner), stream="enrolment-1", subject=learner)
    await notify.until_status(learner, "reminder", "sent")
    for _ in range(3):
        await notify.world.again(fact)
    await notify.until_caught_up()

    assert len(notify.post.taken) == 2
    assert [m["kind"] for m in await notify.messages(learner)].count("reminder") == 1


@pytest.mark.promise("C9.2", "C2.2")
async def test_a_withdrawal_stops_the_newsletter(notify: Notify) -> None:
    keeps = await notify.world.learner(newsletter=True)
    leaves = await notify.world.learner(newsletter=True)
    never = await notify.world.learner()
    for learner in (keeps, leaves, never):
        await notify.until_status(learner, "welcome", "sent")
    await notify.until_caught_up()
    notify.post.taken.clear()

    first = await notify.run("newsletter")
    again = await notify.run("newsletter")
    issues = {str(mail["To"]): mail for mail in notify.post.taken}
    assert (first["issue"], first["sent"], again["sent"], again["already"]) == ("2025-03", 2, 0, 2)
    assert set(issues) == {f"{one}@exemple.test" for one in (keeps, leaves)}

    header = str(issues[f"{leaves}@exemple.test"]["List-Unsubscribe"]).strip("<>")
    token = parse_qs(urlsplit(header).query)["token"][0]
    asked = UnsubscribeLinks([LINK_SECRET]).read(token)
    assert (asked.learner_id, asked.purpose) == (leaves, "newsletter")
    await notify.world.withdraw(leaves)
    await notify.until_caught_up()
    notify.later(MONTH)
    notify.post.taken.clear()
    second = await notify.run("newsletter")

    assert (second["issue"], second["sent"]) == ("2025-04", 1)
    assert [str(mail["To"]) for mail in notify.post.taken] == [f"{keeps}@exemple.test"]


@pytest.mark.promise("C9.2")
async def test_a_withdrawal_between_queueing_and_sending_suppresses_the_mail(
    notify: Notify,
) -> None:
    learner = await notify.world.learner(newsletter=True)
    await notify.until_status(learner, "welcome", "sent")
    await notify.until_caught_up()
    notify.post.refusals.append("451 later")
    assert (await notify.run("newsletter"))["queued"] == 1
    await notify.world.withdraw(learner)
    await notify.until_caught_up()
    notify.later(BACKOFF[0] * 1.3)

    assert (await notify.run("retries"))["suppressed"] == 1
    message = await notify.until_status(learner, "newsletter", "suppressed")
    assert message["reason"] == "no_consent"
    assert len(notify.post.taken) == 1


async def test_a_mail_refused_for_a_while_is_sent_later_and_once(notify: Notify) -> None:
    notify.post.refusals.append("451 4.7.1 greylisted")
    learner = await notify.world.learner()
    await notify.until_caught_up()
    await notify.until_status(learner, "welcome", "queued")
    early = await notify.run("retries")
    notify.later(BACKOFF[0] * 1.3)
    due = await notify.run("retries")
    after = await notify.run("retries")

    assert (early["sent"], due["sent"], after["sent"]) == (0, 1, 0)
    await notify.until_status(learner, "welcome", "sent")
    assert (notify.post.asked, len(notify.post.taken)) == (2, 1)


async def test_a_mail_refused_for_good_is_given_up(notify: Notify) -> None:
    notify.post.refusals.append("550 5.1.1 no such mailbox")
    learner = await notify.world.learner()
    await notify.until_status(learner, "welcome", "failed")
    await notify.until_caught_up()
    notify.later(timedelta(days=2))

    assert set((await notify.run("retries")).values()) == {0}
    assert notify.post.asked == 1


async def test_a_mail_interrupted_between_queueing_and_sending_is_taken_up(
    notify: Notify,
) -> None:
    learner = await notify.world.learner()
    sent = await notify.until_status(learner, "welcome", "sent")
    commits = notify.mongo.database("notify").collection("commits")
    pending = notify.mongo.database("notify").collection("pending_messages")
    # As a process leaves it that ends between SMTP's 250 and the mark: nothing tells it was sent.
    await commits.delete_one({"stream": f"message-{sent['message_id']}", "version": 2})
    await pending.insert_one(
        {"_id": sent["message_id"], "subject": learner, "due": notify.clock.now() + LEASE}
    )
    notify.later(LEASE)

    assert (await notify.run("retries"))["sent"] == 1
    assert len({mail["Message-ID"] for mail in notify.post.taken}) == 1


async def test_a_poison_message_does_not_stall_what_follows(notify: Notify) -> None:
    learner = await notify.world.learner()
    await notify.until_status(learner, "welcome", "sent")
    await notify.world.raw("learning", learner, b"\xff not an event")
    await notify.world.tell(reminder(learner), stream="enrolment-1", subject=learner)
    await notify.until_status(learner, "reminder", "sent")

    assert await notify.dead_letters() >= 1


@pytest.mark.promise("C8.4")
async def test_an_erasure_on_request_ends_with_a_last_notice_and_then_silence(
    notify: Notify,
) -> None:
    learner = await notify.world.learner(newsletter=True)
    await notify.until_status(learner, "welcome", "sent")
    await notify.until_caught_up()
    notify.post.refusals.append("451 later")
    await notify.world.tell(reminder(learner), stream="enrolment-1", subject=learner)
    await notify.until_caught_up()
    await notify.until_status(learner, "reminder", "queued")
    ordered = order(learner)
    await notify.world.tell(ordered, stream=f"case-{ordered.case_id}", subject=learner)
    await notify.until_status(learner, "erasure_certificate", "sent")
    await notify.until_status(learner, "reminder", "suppressed")
    await notify.until_caught_up()
    notify.later(MONTH)

    assert (await notify.run("newsletter"))["sent"] == 0
    late = learning.CertificationGranted(
        learner_id=learner, enrolment_id="enrolment-1", module_id="module-1", staff_id="staff-1"
    )
    await notify.world.tell(late, stream="enrolment-1", subject=learner)
    message = await notify.until_status(learner, "certification", "suppressed")
    assert message["reason"] == "erased"
    assert ordered.case_id in str(notify.post.taken[-1].get_body(("plain",)))


@pytest.mark.promise("C8.4", "C2.11")
async def test_once_the_key_is_destroyed_nothing_here_reads_as_a_person(notify: Notify) -> None:
    learner = await notify.world.learner()
    await notify.until_status(learner, "welcome", "sent")
    asked = identity.EmailConfirmationRequested.model_validate(
        {"learner_id": learner, "token": Personal("opaque-token")}
    )
    await notify.world.tell(asked, stream=f"learner-{learner}", subject=learner)
    await notify.until_status(learner, "confirmation", "sent")
    await notify.until_caught_up()
    ordered = order(learner, reason="term")
    await notify.world.tell(ordered, stream=f"case-{ordered.case_id}", subject=learner)
    await notify.until_caught_up()
    await notify.world.vault.destroy(KeyId(learner, Category.CONTACT, WHOLE))
    await notify.world.tell(
        retention.KeyDestroyed(
            case_id=ordered.case_id,
            subject_id=learner,
            category=Category.CONTACT,
            object=WHOLE,
        ),
        stream=f"case-{ordered.case_id}",
        subject=learner,
    )
    await notify.until_caught_up()

    answer = await notify.client.get(
        f"/learners/{learner}/held-data", headers=notify.headers("dpo-1", Role.DPO)
    )
    held = {item["field"]: item for item in answer.json()["items"]}
    assert "email" not in held
    assert (held["token"]["value"], held["token"]["erased"]) == (None, True)
    assert "erasure_certificate" not in {m["kind"] for m in await notify.messages(learner)}
    assert str(learner) + "@" not in answer.text


@pytest.mark.promise("C2.11")
async def test_rules_that_end_together_are_announced_in_one_message(notify: Notify) -> None:
    learner = await notify.world.learner()
    await notify.until_status(learner, "welcome", "sent")
    due = notify.clock.now() + timedelta(days=30)
    for rule in ("profile", "contact", "civil-identity"):
        announced = retention.DeletionAnnounced(subject_id=learner, rule_id=rule, due=due)
        await notify.world.tell(announced, stream=f"watch-{learner}", subject=learner)
    await notify.until_status(learner, "deletion_notice", "sent")
    await notify.until_caught_up()

    assert len(notify.post.taken) == 2
    assert "2 avril 2025" in notify.post.subjects()[-1]


@pytest.mark.promise("C6.2")
async def test_a_hold_is_told_of_once_and_while_it_is_secret_the_officer_alone_is_written_to(
    notify: Notify,
) -> None:
    learner = await notify.world.learner()
    await notify.until_status(learner, "welcome", "sent")
    now, hold, stream = notify.clock.now(), new_id(), f"hold-{new_id()}"
    permitted, ends = now + MONTH, now + 12 * MONTH
    scopes = (HeldScope(category=Category.CONTACT),)
    placed = retention.HoldPlaced(
        hold_id=hold,
        subject_id=learner,
        categories=(Category.CONTACT,),
        ground="requisition",
        expires_at=ends,
        scopes=scopes,
        disclosed_from=permitted,
    )
    review = retention.HoldReviewDue(
        hold_id=hold, subject_id=learner, reviewer="dpo-1", review_at=now + timedelta(days=14)
    )
    for told in (placed, review):
        await notify.world.tell(told, stream=stream, subject=learner)
    await notify.until_caught_up()
    assert {m["kind"] for m in await notify.messages(learner)} == {"welcome"}
    reminder_mail = notify.post.taken[-1]
    assert reminder_mail["To"] == "dpo@fonction.test"
    assert hold in str(reminder_mail.get_body(("plain",)))
    assert learner not in reminder_mail.as_string()

    notify.later(MONTH)
    disclosed = retention.HoldDisclosed(
        hold_id=hold,
        subject_id=learner,
        ground="requisition",
        authority="police",
        scopes=scopes,
        expires_at=ends,
        placed_at=now,
        disclosed_from=permitted,
    )
    # A restore may find it out once more, by a fact of another id.
    for _ in range(2):
        record = await notify.world.tell(disclosed, stream=stream, subject=learner)
        await notify.world.again(record)
    await notify.until_status(learner, "hold_notice", "sent")
    await notify.until_caught_up()
    assert [str(mail["To"]) for mail in notify.post.taken][2:] == [f"{learner}@exemple.test"]
    assert "la police" in str(notify.post.taken[-1].get_body(("plain",)))


@pytest.mark.promise("C1.3", "C2.9")
async def test_a_prospect_gets_an_acknowledgement(notify: Notify) -> None:
    prospect = SubjectId(new_id())
    contacted = identity.ProspectContacted.model_validate(
        {
            "prospect_id": prospect,
            "name": Personal("Prénom Nom"),
            "email": Personal(f"{prospect}@exemple.test"),
            "message": Personal("Une question de test"),
            "language": "fr",
        }
    )
    await notify.world.tell(contacted, stream=f"prospect-{prospect}", subject=prospect)
    await notify.until_status(prospect, "prospect_reply", "sent")

    (mail,) = notify.post.taken
    assert mail["To"] == f"{prospect}@exemple.test"


@pytest.mark.promise("C8.1")
async def test_a_learner_sees_what_was_sent_and_held_but_no_content(notify: Notify) -> None:
    learner = await notify.world.learner()
    await notify.until_status(learner, "welcome", "sent")
    who = notify.headers(learner, Role.LEARNER)
    held = (await notify.client.get("/me/held-data", headers=who)).json()["items"]
    shown = await notify.messages(learner)

    assert {item["field"] for item in held} == {"email", "first_name", "message:welcome"}
    told = {"message_id", "kind", "status", "at", "reason", "waiting_for", "until"}
    assert set(shown[0]) == told
    assert (await notify.client.get("/me/messages")).status_code == 401
