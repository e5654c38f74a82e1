"""The gateway's small parts: form tokens, charts, letters, answers in forms, flow, safe returns."""

import mailbox
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from services.gateway import charts
from services.gateway.form_guard import FormGuard
from services.gateway.maildir import letter, letters
from services.gateway.navigation import entries, first_page
from services.gateway.pages.home import inner_path
from services.gateway.pages.operations import flow_of
from services.gateway.pages.training import answer_in
from services.gateway.services import Part, items
from services.gateway.sessions import hash_of
from services.gateway.settings import GatewaySettings
from shared.http.auth import Role


def test_a_form_token_holds_for_its_browser_and_session_only() -> None:
    guard = FormGuard(b"key")
    token = guard.token("browser", "session")
    assert guard.accepts(token, "browser", "session")
    assert not guard.accepts(token, "browser", None)
    assert not guard.accepts(token, "other", "session")
    assert not guard.accepts(token, None, "session")
    assert not guard.accepts("", "browser", "session")
    assert not FormGuard(b"other").accepts(token, "browser", "session")


def test_the_key_of_form_tokens_is_made_once(tmp_path: Path) -> None:
    first = FormGuard.from_folder(tmp_path).token("browser", None)
    assert FormGuard.from_folder(tmp_path).token("browser", None) == first
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o077 == 0


def test_the_session_store_never_sees_a_token() -> None:
    assert "secret" not in hash_of("secret")
    assert hash_of("secret") == hash_of("secret") != hash_of("other")


def test_bars_share_one_scale_from_zero() -> None:
    chart = charts.bars([("a", 10), ("b", 5), ("c", 0)])
    assert [bar.length for bar in chart.bars] == [charts.TRACK, charts.TRACK / 2, 0]
    assert charts.bars([]).bars == ()


def test_phases_stay_on_the_bar() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    end = start + timedelta(days=100)
    middle = charts.phases(start, start + timedelta(days=50), end, start + timedelta(days=25))
    assert (middle.now, middle.archive) == (300, 150)
    assert charts.phases(start, end + timedelta(days=1), end, None).now == 600
    assert charts.phases(start, start, start, None).now == 0


def test_letters_are_read_newest_first_with_their_links(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "mail")
    message = EmailMessage()
    message["Subject"] = "Confirmez"
    message["To"] = "personne@exemple.test"
    message.set_content("Bonjour,\n\nhttp://127.0.0.1:8000/confirm?token=abc\n")
    key = box.add(message)
    (found,) = letters(tmp_path / "mail")
    assert found.links == ("http://127.0.0.1:8000/confirm?token=abc",)
    assert letter(tmp_path / "mail", key) == found
    assert letter(tmp_path / "mail", "../other") is None
    assert letters(tmp_path / "none") == []


@pytest.mark.parametrize(
    ("exercise", "form", "answer"),
    [
        ({"kind": "single_choice"}, {"answer": "a"}, "a"),
        ({"kind": "numeric", "unit": "€"}, {}, ""),
        (
            {"kind": "multiple_choice", "options": [{"id": "a"}, {"id": "b"}]},
            {"pick-b": "yes"},
            ["b"],
        ),
        (
            {"kind": "ordering", "options": [{"id": "a"}, {"id": "b"}, {"id": "c"}]},
            {"place-a": "3", "place-b": "1", "place-c": "2"},
            ["b", "c", "a"],
        ),
        ({"kind": "simulation", "steps": [{}, {}]}, {"step-1": "x", "step-2": "y"}, ["x", "y"]),
        ({"kind": "simulation", "steps": [{}, {}]}, {"step-1": "x"}, []),
    ],
)
def test_answers_are_read_from_plain_form_fields(
    exercise: dict[str, object], form: dict[str, str], answer: str | list[str]
) -> None:
    assert answer_in(form, exercise) == answer


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("/my-data", "/my-data"),
        ("//elsewhere.test", "/"),
        ("/\\elsewhere.test", "/"),
        ("https://elsewhere.test", "/"),
        (None, "/"),
        ("/a\nb", "/"),
    ],
)
def test_a_form_never_leads_to_another_site(asked: str | None, given: str) -> None:
    assert inner_path(asked) == given


def test_a_service_is_behind_when_something_waits_and_its_lag_is_summed() -> None:
    told = {
        "outbox": 0,
        "busy": False,
        "dead_letters": 0,
        "dead_letters_waiting": 0,
        "groups": [{"partitions": [{"position": 3, "end": 5}, {"position": 7, "end": 7}]}],
    }
    flow = flow_of(Part("learning", told))
    assert (flow.lag, flow.state) == (2, "behind")
    assert flow_of(Part("learning", {**told, "dead_letters_waiting": 1})).state == "letters"
    assert flow_of(Part("learning", {**told, "groups": []})).state == "well"
    assert flow_of(Part("learning", away=True)).state == "away"


@pytest.mark.promise("C4.3")
def test_each_role_is_offered_its_own_pages_only() -> None:
    settings = GatewaySettings()
    offered = {role: {entry.path for entry in entries(role, settings)} for role in Role}
    assert offered[Role.BILLING] == {"/staff/invoices", "/staff/disputes", "/staff/statistics"}
    assert offered[Role.TRAINER] & offered[Role.BILLING] == {"/staff/disputes", "/staff/statistics"}
    assert all(first_page(role) in offered[role] for role in Role if role is not Role.SYSTEM)


def test_rows_of_a_list_answer_are_found_whatever_its_form() -> None:
    assert items({"items": [1]}) == items([1]) == [1]
    assert items(None) == []
