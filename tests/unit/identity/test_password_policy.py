"""Which passwords are refused, and that nothing else about them matters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.adapters.common_passwords import common_passwords
from services.identity.domain.password_policy import (
    CONTEXT,
    MINIMUM_LENGTH,
    Weakness,
    normalised,
    weakness,
)

OWN = ("alex.exemple@canari.test", "Alexandrine", "Éxemple-Fictif")
LONG = sorted(word for word in common_passwords() if len(word) >= MINIMUM_LENGTH)
WORDS = sorted(word for word in common_passwords() if word.isalpha() and len(word) >= 8)


def judged(password: str) -> Weakness | None:
    return weakness(password, common_passwords(), OWN)


@pytest.mark.promise("C7.2")
@pytest.mark.parametrize(
    "password",
    [
        "un mot de passe de test",
        "correct horse battery staple",
        "sept huit neuf dix chats",
        "zzzz yyyy xxxx wwww vvvv",
        "пароль из многих слов",
        "🦆🦉🐝🐌🦋🐢🐙🦀🐳🦓🐘🦔",
        "k" * 6 + "v" * 6 + "q" * 988,
    ],
)
def test_any_characters_and_any_length_will_do(password: str) -> None:
    assert judged(password) is None


@pytest.mark.promise("C7.2")
def test_eleven_characters_are_too_few_and_twelve_enough() -> None:
    assert judged("qzwvkxjhpty") is Weakness.TOO_SHORT
    assert judged("qzwvkxjhptyb") is None


def test_characters_are_counted_as_they_are_hashed() -> None:
    assert normalised("\ufb01") == "fi"
    assert judged("e\u0301" * 11) is Weakness.TOO_SHORT


@pytest.mark.promise("C7.2")
@pytest.mark.parametrize(
    "password",
    [
        "motdepasse123",
        "MotDePasse!2026",
        "mot-de-passe-12",
        "passwordpassword",
        "PASSWORD  password",
        "azertyuiop12",
        "michaeljordan",
        "123456789012",
        "aaaaaaaaaaaa",
        "abcdefghijklmnop",
        "ababababababab",
        "carionexiq2026",
        "CarionexiqCarionexiq",
    ],
)
def test_common_passwords_are_refused_however_they_are_dressed_up(password: str) -> None:
    assert judged(password) is Weakness.COMMON


@pytest.mark.promise("C7.2")
@pytest.mark.parametrize(
    "password",
    [
        "alex.exemple@canari.test",
        "Alex.Exemple@Canari.TEST!",
        "alex-exemple-2026",
        "Alexandrine1990",
        "éxemplefictif12",
        "alexandrine éxemple-fictif",
    ],
)
def test_ones_own_name_or_address_is_refused(password: str) -> None:
    assert judged(password) is Weakness.OWN_DATA


@pytest.mark.promise("C7.2")
def test_the_list_ships_with_the_product() -> None:
    assert len(common_passwords()) > 50_000
    assert len(LONG) > 400
    assert {weakness(word, common_passwords(), ()) for word in LONG} == {Weakness.COMMON}
    assert all(word == word.casefold() for word in CONTEXT)


@given(st.sampled_from(WORDS), st.text("0123456789!.-_", min_size=4, max_size=6), st.booleans())
def test_digits_and_signs_around_a_known_one_hide_nothing(
    word: str, decoration: str, before: bool
) -> None:
    dressed = decoration + word.upper() if before else word.title() + decoration
    assert judged(dressed) is Weakness.COMMON


@given(st.text(max_size=1000))
def test_every_text_is_judged(password: str) -> None:
    assert judged(password) in {None, *Weakness}
