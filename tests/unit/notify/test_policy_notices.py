"""Whom the notice of a change of the policy did not reach: facts in, what staff follow up out."""

from datetime import timedelta

import pytest

from services.notify.application.policy_notices import notice_id
from services.notify.application.publish import publish
from services.notify.domain.commands import ReportFailure
from services.notify.domain.decide import decide
from services.notify.domain.events import MessageFailed
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
    empty = {"notices": {}, "open": [], "refused": [], "closed": True}
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
