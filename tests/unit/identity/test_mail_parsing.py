"""Mails as they come: encodings, threads, automatic ones, and what is no mail (C13.4)."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.adapters.mail_parsing import (
    LONGEST_TEXT,
    Mail,
    UnreadableMailError,
    read_mail,
)

TOKEN = "0" * 48


def mail(**headers: str) -> EmailMessage:
    """Return a mail to us with more headers, underscores for dashes."""
    made = EmailMessage(policy=SMTP)
    made["From"] = "\u00c9l\u00e9onore Essai <EL@exemple.test>"
    made["To"] = f"contact+{TOKEN.upper()}@carionexiq.test"
    made["Subject"] = "Protection des donn\u00e9es"
    made["Message-ID"] = "<1@exemple.test>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content("Bonjour,\nEffac\u00e9 ?\n")
    return made


def read(made: EmailMessage) -> Mail:
    return read_mail(made.as_bytes())


def test_who_writes_what_to_which_thread() -> None:
    read_one = read(mail(In_Reply_To="<a@x.test>", References="<root@x.test> <a@x.test>"))
    assert read_one.name == "\u00c9l\u00e9onore Essai"
    assert read_one.address == "el@exemple.test"
    assert read_one.subject == "Protection des donn\u00e9es"
    assert read_one.text == "Bonjour,\nEffac\u00e9 ?"
    assert read_one.message_id == "<1@exemple.test>"
    assert [token.lower() for token in read_one.tokens] == [TOKEN]
    assert set(read_one.references) == {"<a@x.test>", "<root@x.test>"}
    assert not read_one.automatic
    assert "exemple" not in repr(read_one)


def test_the_token_is_found_in_what_a_mail_refers_to() -> None:
    plain = mail(References=f"<x@y.test> <thread.{TOKEN}@carionexiq.test>")
    del plain["To"]
    assert read(plain).tokens == (TOKEN,)


def test_of_a_page_the_words_are_read_and_no_script() -> None:
    made = mail()
    made.set_content(
        "<html><head><title>t</title><style>p{}</style></head><body><p>Un</p><script>x()</script>"
        "<p>Deux &amp; trois</p></body></html>",
        subtype="html",
    )
    assert read(made).text == "Un\n\nDeux & trois".replace("\n\n", "\n")


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated (away)"},
        {"Precedence": "bulk"},
        {"Return_Path": "<>"},
        {"List_Id": "<liste.exemple.test>"},
        {"X_Autoreply": "yes"},
    ],
)
def test_what_a_program_sends_is_told(headers: dict[str, str]) -> None:
    assert read(mail(**headers)).automatic


def test_a_notice_of_delivery_is_automatic() -> None:
    raw = (
        b"From: Mail <mailer@exemple.test>\nContent-Type: multipart/report; boundary=b\n\n"
        b"--b\n\nundelivered\n--b--\n"
    )
    assert read_mail(raw).automatic


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"nothing at all",
        b"From: \n\ntext",
        b"From: undisclosed-recipients:;\n\ntext",
        b"From: <no address>\n\ntext",
    ],
)
def test_without_a_sender_it_cannot_be_answered(raw: bytes) -> None:
    with pytest.raises(UnreadableMailError):
        read_mail(raw)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"Content-Type: text/plain; charset=unheard-of\n\nBonjour", "Bonjour"),
        (b"Content-Type: text/plain; charset=utf-8\n\n\xff\xfeBon", "\ufffd\ufffdBon"),
        (b"Content-Transfer-Encoding: base64\n\nQm9uam91cg", "Bonjour"),
        (b"Content-Type: multipart/mixed; boundary=x\n\n--y\n\nBonjour", "[\u2026]"),
        (b"Content-Type: image/png\n\nabc", "[\u2026]"),
    ],
)
def test_a_broken_mail_is_read_as_far_as_it_goes(body: bytes, said: str) -> None:
    assert read_mail(b"From: a@exemple.test\n" + body).text == said


def test_headers_in_undeclared_utf_8_are_read() -> None:
    found = read_mail("From: Éléonore <a@exemple.test>\nSubject: données\n\nx".encode())
    assert (found.name, found.subject) == ("Éléonore", "données")


def test_a_long_text_is_cut() -> None:
    made = mail()
    made.set_content("a" * (LONGEST_TEXT * 2))
    assert len(read(made).text) < LONGEST_TEXT + 10


HEADER = st.sampled_from(
    [b"From", b"To", b"Subject", b"Content-Type", b"Message-ID", b"References", b"Return-Path"]
)
LINES = st.tuples(HEADER, st.binary(max_size=60)).map(b": ".join)


@given(st.lists(LINES, max_size=8), st.binary(max_size=200))
def test_no_bytes_stop_the_intake(lines: list[bytes], body: bytes) -> None:
    raw = b"\n".join([b"From: a@exemple.test", *lines]) + b"\n\n" + body
    try:
        found = read_mail(raw)
    except UnreadableMailError:
        return
    assert found.text
    for text in (found.name, found.subject, found.text):
        assert text.encode().decode() == text
