"""Mails say everything in French too, with the same values in the sentence."""

import re

from services.notify.catalogues import MAIL

PLACEHOLDER = re.compile(r"%\(\w+\)s")


def test_every_text_of_a_mail_is_translated() -> None:
    assert MAIL.missing("fr") == []


def test_the_catalogue_holds_no_text_that_no_mail_says() -> None:
    said = {message.id for message in MAIL.texts()}
    assert [message.id for message in MAIL.stored("fr") if message.id not in said] == []


def test_translations_keep_the_values_and_no_markup() -> None:
    for message in MAIL.stored("fr"):
        if message.id:
            english, french = str(message.id), str(message.string)
            assert sorted(PLACEHOLDER.findall(french)) == sorted(PLACEHOLDER.findall(english))
            # Catalogues are not escaped.
            assert not re.search(r"[<>&]", english + french), english
