"""E-mail addresses: one person is not two accounts, and two domains are not one person."""

import unicodedata

import pytest
from email_validator import EmailNotValidError
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from services.identity.adapters.email_index import normalised
from services.identity.entrypoints.bodies import Email
from services.notify.adapters.addresses import deliverable


class Typed(BaseModel):
    address: Email


@given(
    st.text(max_size=30) | st.from_regex(r"[\w.+-]{1,10}@[\w.-]{1,20}\.(test|рф)", fullmatch=True)
)
def test_what_is_one_address_has_one_form(address: str) -> None:
    try:
        form = normalised(address)
    except EmailNotValidError:
        return
    assert normalised(form) == form
    assert normalised(unicodedata.normalize("NFD", form)) == form
    assert normalised(deliverable(form)) == form


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada@Canari.test", "ada@CANARI.TEST"),
        ("ada@bücher.test", "ada@xn--bcher-kva.test"),
        ("ada@bücher.test", "ada@bu\u0308cher.test"),
        ("ada@BÜCHER.test", "ada@bücher.test"),
        ("ada@例え。テスト", "ada@xn--r8jz45g.xn--zckzah"),
        ("ada@\uff43anari.test", "ada@canari.test"),
    ],
)
def test_one_address_however_it_is_written_is_one_account(one: str, other: str) -> None:
    assert Typed(address=one).address == Typed(address=other).address


@pytest.mark.parametrize(
    ("one", "other"),
    [("ada@straße.test", "ada@strasse.test"), ("ada@faß.test", "ada@fass.test")],
)
def test_two_domains_are_never_one_account(one: str, other: str) -> None:
    assert Typed(address=one).address != Typed(address=other).address
    assert deliverable(Typed(address=one).address) != deliverable(Typed(address=other).address)


def test_letters_go_to_the_domain_as_servers_know_it() -> None:
    assert deliverable("ada@bücher.test") == "ada@xn--bcher-kva.test"


@pytest.mark.parametrize("address", ["rené@canari.test", "用户@例え.テスト"])
def test_an_address_that_many_servers_do_not_take_is_refused_and_says_why(address: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Typed(address=address)
    assert [one["type"] for one in refused.value.errors()] == ["email_local_part"]
