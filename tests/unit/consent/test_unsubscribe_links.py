"""Unsubscribe tokens: ours open, all others are refused alike."""

import pytest
from itsdangerous import URLSafeSerializer

from services.consent.adapters.unsubscribe_links import UnsubscribeLinks, Unsubscription
from services.consent.domain.errors import InvalidLinkError
from services.notify.adapters.unsubscribe_links import UnsubscribeLinks as Signer
from shared.events.base import SubjectId

SECRET = "a-secret-of-the-tests"
LEARNER = SubjectId("0190-learner")


@pytest.mark.promise("C9.2")
def test_consent_understands_the_links_that_notify_signs() -> None:
    token = Signer(SECRET, "https://portal.test").token(LEARNER, "newsletter")

    assert UnsubscribeLinks(SECRET).read(token) == Unsubscription(LEARNER, "newsletter")


@pytest.mark.parametrize(
    "token",
    [
        "",
        "nonsense",
        "é" * 20,
        URLSafeSerializer("somebody-else", salt="carionexiq.unsubscribe").dumps(["x", "events"]),
        Signer(SECRET, "https://portal.test").token(LEARNER, "newsletter")[:-2],
        Signer("another-secret-of-ours", "https://portal.test").token(LEARNER, "newsletter"),
    ],
)
def test_a_token_that_is_not_ours_is_refused(token: str) -> None:
    with pytest.raises(InvalidLinkError):
        UnsubscribeLinks(SECRET).read(token)
