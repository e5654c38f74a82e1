"""Names and texts: every script is taken, nothing unseen is, and one look has one form."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain.writing import OVERRIDES, UNSHOWN, UnwritableError, line, text

ANY = st.text(max_size=60)


@given(ANY)
def test_what_is_taken_is_in_one_form_and_taken_again_as_it_is(value: str) -> None:
    try:
        kept = line(value)
    except UnwritableError:
        return
    assert line(kept) == kept
    for form in ("NFC", "NFD"):
        assert line(unicodedata.normalize(form, value)) == kept
    assert not any(unicodedata.category(c) in UNSHOWN or c in OVERRIDES for c in kept)


@given(ANY.filter(str.isprintable).filter(str.strip), st.sampled_from("\x00\x07\x1b\x7f\x85\u2028"))
def test_one_character_that_cannot_be_shown_is_enough_to_refuse(value: str, hidden: str) -> None:
    for take in (line, text):
        with pytest.raises(UnwritableError):
            take(value + hidden)


@pytest.mark.parametrize(
    "name",
    [
        "Zoë",
        "Nguyễn Thị Ánh",
        "אברהם",
        "محمد",
        "山田 太郎",
        "Ольга",
        "O’Neill-d’Été",
        "می‌خواهم",
        "👩‍👩‍👧",
        "🦊",
        "ก็",
    ],
)
def test_every_script_is_taken(name: str) -> None:
    assert line(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    "name",
    ["A\u0000da", "Ada\u202eyzooc", "\u2066Ada", "\ud800", "\u200d", "\u0301", "A\nB", "\ue000"],
)
def test_what_hides_or_shows_something_else_is_refused(name: str) -> None:
    with pytest.raises(UnwritableError):
        line(name)


def test_a_text_may_have_lines() -> None:
    assert text("one\r\n\ttwo\n") == "one\n\ttwo\n"
