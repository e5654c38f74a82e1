"""Attachments are taken by what they are (C13.4)."""

from email.message import EmailMessage

import pytest

from services.identity.adapters.mail_parsing import read_mail
from services.identity.domain.errors import FileRefusedError
from services.identity.domain.support.files import (
    LARGEST,
    MOST,
    Attachment,
    require_taken,
    sort,
    with_refused,
)

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def read(*files: tuple[str, bytes]) -> list[Attachment]:
    """Return attachments as they are read from a mail that says they are all PDF."""
    mail = EmailMessage()
    mail["From"] = "a@exemple.test"
    mail.set_content("Bonjour")
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    return list(read_mail(mail.as_bytes()).attachments)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7 x", "application/pdf"),
        (PNG, "image/png"),
        ("Une lettre, é".encode(), "text/plain"),
        (b"<svg onload=x()>", None),
        (b" <html>", None),
        (b"\xff\x00\xfe", None),
        (b"", None),
    ],
)
def test_the_content_says_what_it_is_whatever_the_mail_says(
    content: bytes, media_type: str | None
) -> None:
    (one,) = read(("lettre.pdf", content))
    assert (one.name, one.content, one.media_type) == ("lettre.pdf", content, media_type)


def test_a_program_is_refused_under_any_name() -> None:
    found = sort(read(("facture.pdf", b"MZ\x90" + bytes(80)), ("image.png", PNG)))
    assert [one.name for one in found.taken] == ["image.png"]
    assert found.refused == ("facture.pdf",)
    assert "facture.pdf" in with_refused("Bonjour", found.refused)
    assert with_refused("Bonjour", ()) == "Bonjour"


def test_what_is_too_large_or_too_many_is_refused() -> None:
    small = [Attachment(f"{n}.png", PNG, "image/png") for n in range(MOST + 1)]
    large = Attachment("l.png", PNG + bytes(LARGEST), "image/png")
    found = sort([large, *small])
    assert found.refused == ("l.png", f"{MOST}.png")
    assert "png" not in repr(small[0])[:20]


@pytest.mark.parametrize(
    ("content", "media_type", "reason"),
    [
        (b"", None, "file_empty"),
        (b"MZ\x90" + bytes(80), None, "file_type"),
        (b"<svg>", None, "file_type"),
        (PNG + bytes(LARGEST), "image/png", "file_too_large"),
    ],
)
def test_a_form_with_a_file_that_is_not_taken_is_refused_with_the_reason(
    content: bytes, media_type: str | None, reason: str
) -> None:
    good = Attachment("a.png", PNG, "image/png")
    with pytest.raises(FileRefusedError) as refused:
        require_taken([good, Attachment("secret.png", content, media_type)])
    assert refused.value.details == {"errors": [{"pointer": "/files", "code": reason}]}
    require_taken([good])
    with pytest.raises(FileRefusedError):
        require_taken([good] * (MOST + 1))
