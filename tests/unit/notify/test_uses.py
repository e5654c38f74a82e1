"""A letter that rests on a choice asks it last, and waits where nobody knows (C8.3, C9.2)."""

from typing import Any

import pytest

from services.notify.application.uses import ChoicesUnknownError, refused_by
from services.notify.domain.events import Details
from services.notify.domain.state import MessageState
from shared.choices import Choices
from shared.events.base import SubjectId
from shared.events.consent import ObjectionRaised, RestrictionPlaced
from tests.unit.choices.test_known import GRANTED, WHO, WITHDRAWN, at, known

__all__ = ["at"]


def _letter(kind: Any, topic: str | None = None) -> MessageState:
    return MessageState(
        message_id="m-1", subject_id=SubjectId(WHO), kind=kind, details=Details(topic=topic)
    )


@pytest.mark.promise("C9.2")
def test_a_newsletter_leaves_for_its_topic_alone_and_waits_after_a_withdrawal(
    at: list[float],
) -> None:
    assert refused_by(_letter("newsletter"), known(at, GRANTED)) is None
    for choices, letter in (
        (known(at, GRANTED, WITHDRAWN), _letter("newsletter")),
        (known(at, GRANTED), _letter("newsletter", "newsletter-figures")),
        (Choices(), _letter("newsletter")),
        (Choices(), _letter("reminder")),
    ):
        with pytest.raises(ChoicesUnknownError):
            refused_by(letter, choices)


@pytest.mark.promise("C8.3", "C5.1")
def test_an_objection_stops_a_reminder_that_was_already_due(at: list[float]) -> None:
    choices = known(at, ObjectionRaised(learner_id=WHO, purpose="reminders"))
    assert refused_by(_letter("reminder"), choices) == "objected"
    assert refused_by(_letter("certification"), choices) is None
    assert refused_by(_letter("suggestion"), choices) is None
    other = known(at, ObjectionRaised(learner_id=WHO, purpose="suggestions"))
    assert refused_by(_letter("suggestion"), other) == "objected"
    assert refused_by(_letter("progress"), other) is None
    history = known(at, RestrictionPlaced(learner_id=WHO, category="learning_history"))
    for kind in ("suggestion", "progress", "reminder"):
        assert refused_by(_letter(kind), history) == "objected", kind


@pytest.mark.promise("C8.3")
def test_restricted_contact_details_serve_the_law_and_security_alone(at: list[float]) -> None:
    choices = known(at, GRANTED, RestrictionPlaced(learner_id=WHO, category="contact"))
    for kind in ("newsletter", "reminder", "welcome", "certification", "support_reply"):
        assert refused_by(_letter(kind), choices) == "restricted", kind
    for kind in ("password_recovery", "deletion_notice", "hold_notice", "confirmation"):
        assert refused_by(_letter(kind), choices) is None, kind
