"""Whom the notice of a change of the policy did not reach: facts in, what staff follow up out."""

from datetime import timedelta

import pytest

from services.notify.application.policy_notices import notice_id
from services.notify.application.publish import publish
from services.notify.domain.commands import NoteTold, RepeatMessage, ReportFailure
from services.notify.domain.decide import decide
from services.notify.domain.events import MessageEvent, MessageFailed
from services.notify.domain.evolve import evolve
from services.notify.domain.kinds import class_of
from services.notify.domain.state import MessageState
from services.notify.projections.policy import AnnouncedPolicies, PolicyNoticesTold
from shared.database import Document
from shared.event_store import Metadata, RecordedEvent
from shared.events import consent, notify, retention
from shared.events.base import PublicEvent
from shared.words import Text
from tests.unit.notify.given import NOON, PERSON, envelope

NOTICE = notice_id("2", PERSON)
SENT = notify.MessageSent(subject_id=PERSON, message_id=NOTICE, kind="policy_notice")
BOUNCED = notify.MessageBounced(
    subject_id=PERSON, message_id=NOTICE, kind="policy_notice", status="5.1.1", hard=True
)
GIVEN_UP = notify.MessageGivenUp(subject_id=PERSON, message_id=NOTICE, kind="policy_notice")
NO_ADDRESS = notify.MessageSuppressed(
    subject_id=PERSON, message_id=NOTICE, kind="policy_notice", reason="no_address"
)
AGAIN = "00000000-0000-4000-8000-000000000002"
REPEATED = notify.MessageRepeated(
    subject_id=PERSON, message_id=NOTICE, kind="policy_notice", repeat_id=AGAIN
)
SENT_AGAIN = SENT.model_copy(update={"message_id": AGAIN})
BOUNCED_AGAIN = BOUNCED.model_copy(update={"message_id": AGAIN})
TOLD = notify.MessageToldByStaff(
    subject_id=PERSON,
    message_id=NOTICE,
    kind="policy_notice",
    channel="telephone",
    told_by="dpo-1",
)
OTHER = notify.MessageBounced(
    subject_id=PERSON, message_id="m-1", kind="newsletter", status="5.1.1", hard=True
)
ACCEPTED = consent.PolicyAnswered(learner_id=PERSON, version="2", decision="accepted")
REFUSED = consent.PolicyAnswered(learner_id=PERSON, version="2", decision="refused")
ERASED = retention.ErasureOrdered(
    case_id="case-1",
    subject_id=PERSON,
    scopes=(),
    mode="deleted",
    reason="request",
    rule_ids=(),
    closes_account=True,
)


def folded(*events: PublicEvent) -> Document | None:
    projection, document = PolicyNoticesTold(), None
    for number, event in enumerate(events, 1):
        fact = envelope(event, sequence=number)
        for key in projection.keys(fact):
            assert key == PERSON
            document = projection.fold(document, fact)
    return document


@pytest.mark.promise("C12.1")
@pytest.mark.parametrize(
    ("events", "is_open", "is_refused"),
    [
        ((SENT,), False, False),
        ((SENT, BOUNCED), True, False),
        ((GIVEN_UP,), True, False),
        ((NO_ADDRESS,), True, False),
        ((SENT, BOUNCED, ACCEPTED), False, False),
        ((SENT, BOUNCED, REFUSED), False, True),
        ((REFUSED, ACCEPTED), False, False),
        ((REFUSED, BOUNCED), False, True),
        ((SENT, BOUNCED, TOLD), False, False),
        ((TOLD, BOUNCED), False, False),
        ((SENT, BOUNCED, REPEATED), True, False),
        ((SENT, BOUNCED, REPEATED, SENT_AGAIN), False, False),
        ((SENT, BOUNCED, SENT_AGAIN, REPEATED), False, False),
        ((SENT, REPEATED, SENT_AGAIN, BOUNCED), False, False),
        ((SENT, BOUNCED, REPEATED, SENT_AGAIN, BOUNCED_AGAIN), True, False),
        ((SENT, BOUNCED, REPEATED, SENT_AGAIN, BOUNCED_AGAIN, ACCEPTED), False, False),
    ],
)
def test_who_was_not_reached_and_has_not_answered_is_followed_up(
    events: tuple[PublicEvent, ...], is_open: bool, is_refused: bool
) -> None:
    document = folded(*events)
    assert document is not None
    assert (bool(document["open"]), bool(document["refused"])) == (is_open, is_refused)


def test_other_messages_are_no_notices() -> None:
    assert folded(OTHER) is None


def test_nothing_is_kept_of_who_is_erased_whatever_comes_back_later() -> None:
    empty: Document = {"notices": {}, "repeats": {}, "closed": True}
    empty |= {"open": [], "refused": [], "told": []}
    assert folded(SENT, REFUSED, ERASED, BOUNCED) == empty
    assert folded(ERASED) is None


@pytest.mark.promise("C12.2")
def test_a_minor_change_is_announced_to_nobody() -> None:
    for substantial in (True, False):
        published = consent.PolicyPublished(
            version="2",
            substantial=substantial,
            effective_at=NOON + timedelta(days=31),
            summary=Text(fr="Un mot.", en="A word."),
        )
        keys = list(AnnouncedPolicies().keys(envelope(published)))
        assert keys == (["2"] if substantial else [])


def test_nobody_can_refuse_to_be_told() -> None:
    assert class_of("policy_notice") == "legal"


@pytest.mark.parametrize(("permanent", "told"), [(True, True), (False, False)])
def test_others_learn_of_a_message_that_is_given_up_and_of_no_other_failure(
    permanent: bool, told: bool
) -> None:
    queued = MessageState(
        status="queued",
        message_id=NOTICE,
        subject_id=PERSON,
        kind="policy_notice",
        under_way=True,
        attempts=1,
    )
    (failed,) = decide(ReportFailure("550", permanent=permanent, at=NOON), queued)
    assert isinstance(failed, MessageFailed)
    record = RecordedEvent(
        id="event-1",
        stream=f"message-{NOTICE}",
        version=2,
        subject=PERSON,
        at=NOON,
        event=failed,
        meta=Metadata.system("test"),
    )
    assert publish(record) == (GIVEN_UP if told else None)


def test_a_bounce_says_nothing_of_when_the_notice_was_tried() -> None:
    document = folded(SENT, BOUNCED)
    assert document is not None
    sent = envelope(SENT, sequence=1)
    notice = document["notices"][NOTICE]
    assert (notice["left_at"], notice["outcome"]) == (sent.time, "bounced")


@pytest.mark.promise("C12.1")
def test_who_was_told_by_whom_and_how_stays_on_the_list() -> None:
    document = folded(SENT, BOUNCED, TOLD)
    assert document is not None
    told = document["notices"][NOTICE]["told"]
    assert (document["told"], told["channel"], told["by"]) == ([NOTICE], "telephone", "dpo-1")


def test_a_notice_is_repeated_once_for_an_address_and_told_once() -> None:
    state = MessageState(
        status="bounced", message_id=NOTICE, subject_id=PERSON, kind="policy_notice"
    )
    for command in (RepeatMessage(AGAIN, NOON), NoteTold("post", "dpo-1", NOON)):
        (event,) = decide(command, state)
        assert decide(command, evolve(state, event)) == []
        assert decide(command, MessageState()) == []
    assert decide(RepeatMessage("another", NOON), evolve(state, _repeated(state))) != []


def _repeated(state: MessageState) -> MessageEvent:
    (event,) = decide(RepeatMessage(AGAIN, NOON), state)
    return event
