"""What comes back is read by its signed token alone, and whatever bytes come stop nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notify.adapters.reports import Report, read_report
from services.notify.adapters.return_path import ReturnPaths
from tests.unit.notify.reports import bounce, complaint, own_form

RETURNS = ReturnPaths("a secret for the tests alone", "retour@carionexiq.test")
OTHERS = ReturnPaths("a secret of somebody else", "retour@carionexiq.test")
MESSAGE = "3c6e0b8a-9c15-5224-a823-1d5c1a5e7a55"
PATH = RETURNS.of(MESSAGE)


def test_a_return_path_names_a_message_and_nobody() -> None:
    local = PATH.partition("@")[0]
    assert len(local) <= 64
    assert RETURNS.messages_in(f"<{PATH.upper()}>") == [MESSAGE]
    assert OTHERS.messages_in(PATH) == []


@pytest.mark.parametrize(
    ("action", "status", "report"),
    [
        ("failed", "5.1.1", Report(MESSAGE, "failed", "5.1.1")),
        ("failed", "5.2.2 (mailbox full)", Report(MESSAGE, "failed", "5.2.2")),
        ("failed", "", Report(MESSAGE, "failed", "5.0.0")),
        ("delayed", "4.4.1", Report(MESSAGE, "delayed", "4.4.1")),
        ("relayed", "2.0.0", Report(MESSAGE, "delivered", "2.0.0")),
    ],
)
def test_a_bounce_says_what_became_of_a_message(action: str, status: str, report: Report) -> None:
    assert read_report(bounce(PATH, action=action, status=status), RETURNS) == report


def test_a_bounce_in_a_form_of_its_own_is_understood() -> None:
    assert read_report(own_form(PATH), RETURNS) == Report(MESSAGE, "failed", "5.1.1")


@pytest.mark.promise("C9.2")
def test_a_complaint_names_its_message_by_the_envelope_or_by_the_feedback_id() -> None:
    token = RETURNS.token(MESSAGE)
    assert read_report(complaint(sender=PATH), RETURNS) == Report(MESSAGE, "complaint")
    assert read_report(complaint(feedback_id=token), RETURNS) == Report(MESSAGE, "complaint")
    assert read_report(complaint(sender=PATH, kind="not-spam"), RETURNS) is None
    assert read_report(complaint(), RETURNS) is None


def test_nobody_else_can_speak_against_an_address() -> None:
    assert read_report(bounce(OTHERS.of(MESSAGE)), RETURNS) is None
    assert read_report(complaint(feedback_id=OTHERS.token(MESSAGE)), RETURNS) is None
    assert read_report(bounce("retour@carionexiq.test"), RETURNS) is None


@settings(max_examples=60)
@given(st.binary(max_size=400), st.integers(0, 2_000))
def test_broken_reports_are_no_reports(noise: bytes, place: int) -> None:
    raw = bounce(PATH)
    for bytes_ in (noise, raw[:place] + noise + raw[place:], raw[:place]):
        found = read_report(bytes_, RETURNS)
        assert found is None or found.message_id == MESSAGE
