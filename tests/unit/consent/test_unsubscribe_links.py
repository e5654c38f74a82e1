"""Unsubscribe tokens: ours open, all others are refused alike."""

from collections.abc import Callable

import pytest
from itsdangerous import URLSafeSerializer

from services.consent.adapters.unsubscribe_links import (
    UnsubscribeLinks,
    Unsubscription,
    mended,
)
from services.consent.domain.errors import InvalidLinkError
from services.notify.adapters.unsubscribe_links import UnsubscribeLinks as Signer
from shared.events.base import SubjectId

SECRET = "a-secret-of-the-tests"
LEARNER = SubjectId("0190-learner")


@pytest.mark.promise("C9.2")
def test_consent_understands_the_links_that_notify_signs() -> None:
    token = Signer(SECRET, "https://portal.test").token(LEARNER, "newsletter")

    assert UnsubscribeLinks([SECRET]).read(token) == Unsubscription(LEARNER, "newsletter")


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
        UnsubscribeLinks([SECRET]).read(token)


@pytest.mark.promise("C9.2")
def test_a_link_outlives_the_key_that_signed_it() -> None:
    token = Signer("the-secret-of-last-year", "https://portal.test").token(LEARNER, "newsletter")
    after_rotation = UnsubscribeLinks([SECRET, "another-of-before", "the-secret-of-last-year"])

    assert after_rotation.read(token) == Unsubscription(LEARNER, "newsletter")
    with pytest.raises(InvalidLinkError):
        UnsubscribeLinks([SECRET]).read(token)


@pytest.mark.promise("C9.2")
@pytest.mark.parametrize(
    "broken",
    [
        lambda token: f"{token[:30]}=\r\n{token[30:]}",
        lambda token: f"{token[:30]}\r\n {token[30:]}",
        lambda token: f"{token[:9]} {token[9:]}\n",
        lambda token: f"3D{token}",
        lambda token: f"=3D{token[:60]}=\n{token[60:]}=",
    ],
    ids=["soft line break", "folded", "wrapped", "quoted-printable", "all of it"],
)
def test_a_link_that_a_mail_program_broke_is_mended(broken: Callable[[str], str]) -> None:
    token = Signer(SECRET, "https://portal.test").token(LEARNER, "newsletter")

    assert UnsubscribeLinks([SECRET]).read(broken(token)) == Unsubscription(LEARNER, "newsletter")


def test_no_token_begins_like_what_is_mended_away() -> None:
    token = Signer(SECRET, "https://portal.test").token(LEARNER, "newsletter")
    assert mended(token) == token
    assert not token.startswith("3D")
