"""What is too short or too common to betray anybody is left out, and counted."""

import pytest

from shared.personal import Category, Personal, Sealed
from shared.searching.canaries import collected
from shared.searching.common_words import CommonTexts
from shared.searching.distinctive import PIECE, canaries_of, texts_in

COMMON = CommonTexts("Choose a Budget or a Forecast of next year.")


@pytest.mark.parametrize(
    "text",
    [
        "Lee",
        "12000",
        "2026-01-31",
        "2026-01-31T09:00:00+00:00",
        "127.0.0.1",
        "::1",
        "192.168.1.20",
        "budget",
        "a  forecast OF next year",
        "0190a7c2-b7ab-7461-8869-e679ae8d6966",
    ],
)
def test_what_occurs_in_innocent_text_is_not_searched_for(text: str) -> None:
    assert canaries_of(text, COMMON) == ()


@pytest.mark.parametrize(
    "text",
    ["Dupont", "+33639980001", "zoe@canari.test", "2001:db8::12ab:1", "a budget of Zoé's"],
)
def test_what_is_somebodys_own_is_searched_for_as_it_is(text: str) -> None:
    assert canaries_of(text, COMMON) == (text,)


def test_a_long_text_is_searched_for_by_its_pieces() -> None:
    text = "".join(f"{n:03d}-" for n in range(100)).replace("-", "é")
    pieces = canaries_of(text, COMMON)
    assert [len(piece) for piece in pieces] == [PIECE] * 3
    assert text.startswith(pieces[0])
    assert text.endswith(pieces[2])
    assert pieces[1] in text


def test_texts_are_found_anywhere_within_a_value() -> None:
    assert list(texts_in({"a": ["x", 1, True, None], "b": {"c": "y"}})) == ["x", "1", "y"]


@pytest.mark.promise("C8.4")
def test_what_cannot_be_searched_for_is_counted_by_category() -> None:
    sealed = Sealed(subject="s", category=Category.CONTACT, field="f", box="")
    found = collected(
        "identity",
        [
            (Category.CIVIL_IDENTITY, Personal("Quenneville")),
            (Category.CIVIL_IDENTITY, Personal("Zoé")),
            (Category.LEARNING_HISTORY, Personal(80)),
            (Category.CONTACT, Personal[str](sealed)),
        ],
    )
    assert (found.service, found.texts) == ("identity", 1)
    assert found.not_searchable == {Category.CIVIL_IDENTITY: 1, Category.LEARNING_HISTORY: 1}
