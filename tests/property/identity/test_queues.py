"""The subject « Protection des données » in whatever spelling it comes (C13.4)."""

import unicodedata
from email import message_from_bytes, policy
from email.header import Header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain.support.queues import queue_of

ACCENTS = (
    "donn\u00e9es",
    "donne\u0301es",
    "donnees",
    "donn?es",
    "donn\ufffdes",
    "donn\u00c3\u00a9es",
)
FORMS = ("NFC", "NFD", "NFKC", "NFKD")
PREFIXES = ("", "Re: ", "RE : ", "Fwd: ", "TR: ", "Réf. : ", "re[2]: TR : ", "[EXTERNE] ", "AW:")
SPACES = (" ", "  ", "\u00a0", "\u202f", "\t", "-", "_", "\u200b")
AFTER = ("", " »", " : ma demande")
QUOTES = ("", "« ", '"')


@st.composite
def spellings(draw: st.DrawFn) -> str:
    """Return the subject as somebody, or some mail program, may write it."""
    words = ["protection", "des", draw(st.sampled_from(ACCENTS))]
    cased = "".join(
        c.upper() if draw(st.booleans()) and len(c.upper()) == 1 else c
        for c in draw(st.sampled_from(SPACES)).join(words)
    )
    text = (
        draw(st.sampled_from(QUOTES)) + cased + draw(st.sampled_from(("", " »", " : ma demande")))
    )
    text = unicodedata.normalize(draw(st.sampled_from(FORMS)), text)
    return "".join(draw(st.lists(st.sampled_from(PREFIXES), max_size=3))) + text


@pytest.mark.promise("C13.4")
@given(spellings())
def test_every_spelling_goes_to_the_privacy_queue(subject: str) -> None:
    assert queue_of(subject) == "privacy", ascii(subject)


@pytest.mark.promise("C13.4")
@given(st.sampled_from(PREFIXES), st.sampled_from(("utf-8", "iso-8859-1", "cp1252")))
def test_encoded_words_are_read(prefix: str, charset: str) -> None:
    encoded = Header(prefix + "Protection des données", charset).encode()
    mail = message_from_bytes(f"Subject: {encoded}\n\n".encode(), policy=policy.default)
    assert queue_of(str(mail["Subject"])) == "privacy"


@given(st.text(max_size=200))
def test_any_text_has_a_queue(subject: str) -> None:
    assert queue_of(subject) in ("support", "privacy")


@pytest.mark.parametrize(
    "subject",
    ["", "Protection", "données perdues", "Protection de mes données", "Question sur l'exercice 3"],
)
def test_other_subjects_are_not_taken_for_it(subject: str) -> None:
    assert queue_of(subject) == "support"
