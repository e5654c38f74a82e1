"""Messages as notices in the portal: which, from when, until when, and in the same words."""

from datetime import timedelta

import pytest

from services.notify.adapters.letters import Letters
from services.notify.adapters.samples import AT, SAMPLES, TOKEN
from services.notify.adapters.samples import recipient as sampled
from services.notify.adapters.texts import load_texts
from services.notify.adapters.unsubscribe_links import UnsubscribeLinks
from services.notify.application.notices import BEFORE_ALL, Notices, Shown
from services.notify.domain.commands import MarkRead, QueueMessage
from services.notify.domain.decide import decide
from services.notify.domain.events import (
    Details,
    MessageEvent,
    MessageFailed,
    MessageRepeated,
    MessageSent,
    MessageSuppressed,
    NoticePosted,
    NoticeRead,
    SuppressionReason,
)
from services.notify.domain.notices import KEPT, at_once, belongs_in_portal, is_shown, posted_at
from services.notify.domain.recipient import OFFICER
from services.notify.domain.state import MessageState
from shared.events.notify import MessageKind
from shared.personal import Personal
from shared.words import Language
from tests.unit.notify.given import NOON, PERSON, given, queued, recipient

URL = "https://portal.test"
LETTERS = Letters(
    load_texts(),
    UnsubscribeLinks("a secret of tests", URL),
    public_url=URL,
    sender="us@portal.test",
)
IN_PORTAL = {name: one for name, one in SAMPLES.items() if belongs_in_portal(one.message())}
CONSENTING = recipient(consents=frozenset({"newsletter"}))


def queue(kind: MessageKind, **fields: object) -> QueueMessage:
    return QueueMessage(PERSON, "message-1", kind, "event-1", NOON, **fields)  # type: ignore[arg-type]


def posted(kind: MessageKind = "welcome") -> NoticePosted:
    return NoticePosted(subject_id=PERSON, message_id="message-1", kind=kind, posted_at=NOON)


def sent(kind: MessageKind = "welcome") -> MessageSent:
    return MessageSent(
        subject_id=PERSON, message_id="message-1", kind=kind, sent_at=NOON + timedelta(hours=1)
    )


def suppressed(reason: SuppressionReason, kind: MessageKind = "welcome") -> MessageSuppressed:
    return MessageSuppressed(
        subject_id=PERSON, message_id="message-1", kind=kind, reason=reason, suppressed_at=NOON
    )


def notice(kind: MessageKind, *events: MessageEvent) -> MessageState:
    return given(*decide(queue(kind), MessageState()), *events)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_message_with_a_secret_link_is_no_notice(name: str) -> None:
    message = SAMPLES[name].message()
    if message.token is not None or message.guardian_email is not None:
        assert not belongs_in_portal(message)
        assert not at_once(message)


@pytest.mark.parametrize("kind", ["prospect_reply", "support_answer", "erasure_certificate"])
def test_who_has_no_account_has_no_notices(kind: MessageKind) -> None:
    assert not belongs_in_portal(queue(kind))


def test_letters_to_a_function_or_a_former_address_are_no_notices() -> None:
    to_function = QueueMessage(OFFICER, "m", "rights_case_due", "event-1", NOON)
    assert not belongs_in_portal(to_function)
    assert belongs_in_portal(queue("email_changed"))
    assert not belongs_in_portal(queue("email_changed", details=Details(due=NOON)))


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", sorted(IN_PORTAL))
def test_a_notice_says_what_the_mail_says_without_a_name(name: str, language: Language) -> None:
    message, person = IN_PORTAL[name].message(), sampled(language)
    mail, shown = LETTERS.compose(message, person, AT), LETTERS.notice(message, person)
    body = mail.get_body(("plain",))
    assert body is not None
    text = " ".join(body.get_content().split())

    assert shown.title == mail["Subject"]
    assert shown.blocks
    for block in shown.blocks:
        assert " ".join(block.text.split()) in text
        if block.kind == "button":
            assert block.path is not None
            assert block.path.startswith("/")
            assert f"{URL}{block.path}" in text
    whole = f"{shown}"
    for value in (person.first_name, person.email, TOKEN):
        assert value is not None
        assert value.text() not in whole


def test_what_may_not_wait_is_a_notice_at_once_whatever_becomes_of_the_mail() -> None:
    assert posted_at(notice("password_changed")) == NOON
    failed = MessageFailed(
        subject_id=PERSON,
        message_id="message-1",
        code="550",
        failed_at=NOON,
        retry_at=None,
        kind="password_changed",
    )
    assert is_shown(notice("password_changed", failed), recipient(), NOON)


@pytest.mark.promise("C5.1")
@pytest.mark.parametrize("kind", ["reminder", "newsletter"])
def test_what_may_wait_becomes_a_notice_when_its_mail_leaves(kind: MessageKind) -> None:
    assert posted_at(notice(kind)) is None
    assert posted_at(notice(kind, sent(kind))) == NOON + timedelta(hours=1)
    assert posted_at(notice(kind, suppressed("bounced", kind))) == NOON


@pytest.mark.parametrize("reason", ["no_address", "bounced", "complained", "sent_before"])
def test_a_mail_that_cannot_arrive_is_a_notice_all_the_same(reason: SuppressionReason) -> None:
    assert is_shown(notice("welcome", suppressed(reason)), recipient(email=None), NOON)


@pytest.mark.promise("C8.3", "C9.2")
@pytest.mark.parametrize(
    "reason", ["no_consent", "objected", "restricted", "erased", "blocked", "digested"]
)
def test_what_has_no_basis_as_a_mail_is_no_notice(reason: SuppressionReason) -> None:
    assert not is_shown(notice("welcome", suppressed(reason)), recipient(), NOON)


@pytest.mark.promise("C9.2")
def test_a_newsletter_is_hidden_once_consent_is_withdrawn() -> None:
    newsletter, later = notice("newsletter", sent("newsletter")), NOON + timedelta(days=1)
    assert is_shown(newsletter, CONSENTING, later)
    assert not is_shown(newsletter, recipient(), later)


@pytest.mark.promise("C8.4")
def test_nothing_is_shown_to_somebody_whose_erasure_is_ordered() -> None:
    assert not is_shown(notice("welcome"), recipient(erased=True), NOON)


def test_a_notice_is_gone_after_thirty_days() -> None:
    welcome = notice("welcome")
    assert is_shown(welcome, recipient(), NOON + KEPT - timedelta(seconds=1))
    assert not is_shown(welcome, recipient(), NOON + KEPT)


def test_a_notice_is_marked_as_read_once() -> None:
    unread = given(queued(), posted())
    (read,) = decide(MarkRead(NOON), unread)
    assert read == NoticeRead(subject_id=PERSON, message_id="message-1", read_at=NOON)
    assert decide(MarkRead(NOON), given(queued(), posted(), read)) == []


def test_what_is_no_notice_is_not_marked_as_read() -> None:
    linked = given(queued("password_recovery", token=Personal("opaque")))
    assert decide(MarkRead(NOON), linked) == []


def test_a_cursor_tells_what_came_since() -> None:
    oldest = Shown(given(queued(), posted()), NOON, "event-3")
    older = Shown(given(queued(), posted()), NOON + timedelta(microseconds=1), "event-1")
    newer = Shown(given(queued(), posted()), NOON + timedelta(microseconds=1), "event-2")
    found = Notices(recipient(), (newer, older, oldest))
    assert found.after(BEFORE_ALL) == [newer, older, oldest]
    assert found.after(oldest.cursor) == [newer, older]
    assert found.after(older.cursor) == [newer], "notices of one instant have an order"
    assert found.after(found.cursor) == []
    assert Notices(recipient(), ()).cursor == BEFORE_ALL


def test_of_what_was_sent_once_more_the_repetition_is_shown() -> None:
    repeated = MessageRepeated(
        subject_id=PERSON,
        message_id="message-1",
        kind="policy_notice",
        repeat_id="message-2",
        repeated_at=NOON,
    )
    assert is_shown(notice("policy_notice"), recipient(), NOON)
    assert not is_shown(notice("policy_notice", repeated), recipient(), NOON)
