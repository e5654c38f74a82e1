"""Reading a mail that came in, whatever bytes it is: who writes what, to which thread (RFC 5322).

Nothing that is sent to us may stop the intake: what cannot be read is an `UnreadableMailError`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from typing import Final

from email_validator import EmailNotValidError

from services.identity.adapters.email_index import normalised
from services.identity.adapters.file_types import CONTROLS, media_type_of
from services.identity.domain.support.files import Attachment

LONGEST_TEXT: Final = 20_000
LONGEST_LINE: Final = 500
LONGEST_NAME: Final = 100
CUT: Final = "\n[…]"
WITHOUT_TEXT: Final = "[…]"
NAMELESS: Final = "?"
MESSAGE_ID: Final = re.compile(r"<[!-;=?-~]{1,250}>")
TOKEN: Final = re.compile(r"(?:\+|<thread\.)([0-9a-f]{48})@", re.IGNORECASE)
ADDRESSED_TO: Final = ("to", "cc", "delivered-to", "x-original-to")
BREAKING: Final = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "blockquote"})
UNSEEN: Final = frozenset({"script", "style", "head", "title"})


class UnreadableMailError(Exception):
    """It is no mail with a sender that can be answered; the reason is a word, never content."""


@dataclass(frozen=True, slots=True)
class Mail:
    """What stands in a mail; its `repr` shows nothing."""

    message_id: str | None = field(repr=False)
    address: str = field(repr=False)
    name: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    english: bool = field(repr=False)
    tokens: tuple[str, ...] = field(repr=False)
    """Tokens of threads, as the addresses and the references have them."""
    references: tuple[str, ...] = field(repr=False)
    """Message-IDs of the mails that it follows, the nearest first."""
    attachments: tuple[Attachment, ...] = field(default=(), repr=False)
    automatic: bool = False
    """Whether a program answers or spreads it: answering that would go on for ever (RFC 3834)."""


def read_mail(raw: bytes) -> Mail:
    """Return what stands in `raw`.

    Raises:
        UnreadableMailError: there is no sender, or its parts contradict themselves.
    """
    try:
        return _read(message_from_bytes(raw, policy=default))
    except UnreadableMailError:
        raise
    except (ArithmeticError, AttributeError, LookupError, MessageError, TypeError, ValueError) as e:
        # The parser meets what it does not expect in headers that nobody well-meaning writes.
        raise UnreadableMailError(type(e).__name__) from None


def _read(mail: EmailMessage) -> Mail:
    name, address = _sender(mail)
    referred = " ".join(_header(mail, name) for name in ("in-reply-to", "references"))
    addressed = " ".join(_header(mail, name) for name in ADDRESSED_TO)
    identifiers = MESSAGE_ID.findall(_header(mail, "message-id"))
    return Mail(
        message_id=identifiers[0] if identifiers else None,
        address=address,
        name=_line(name, LONGEST_NAME) or address,
        subject=_line(_header(mail, "subject"), LONGEST_LINE),
        text=_text(mail) or WITHOUT_TEXT,
        english=_header(mail, "content-language").lower().startswith("en"),
        tokens=tuple(dict.fromkeys(TOKEN.findall(f"{addressed} {referred}"))),
        references=tuple(dict.fromkeys(reversed(MESSAGE_ID.findall(referred)))),
        attachments=tuple(_attachments(mail)),
        automatic=_is_automatic(mail),
    )


def _sender(mail: EmailMessage) -> tuple[str, str]:
    header = mail["from"]
    addresses = header.addresses if header is not None else ()
    if not addresses:
        raise UnreadableMailError("no-sender")
    try:
        return addresses[0].display_name, normalised(addresses[0].addr_spec)
    except EmailNotValidError:
        raise UnreadableMailError("no-address") from None


def _header(mail: EmailMessage, name: str) -> str:
    return " ".join(str(value) for value in mail.get_all(name, ()))


def _is_automatic(mail: EmailMessage) -> bool:
    submitted = _header(mail, "auto-submitted").strip().lower()
    precedence = _header(mail, "precedence").strip().lower()
    return (
        submitted not in ("", "no")
        or precedence in ("bulk", "junk", "list", "auto_reply")
        or mail.get_content_type() == "multipart/report"
        or _header(mail, "return-path").strip() == "<>"
        or any(name in mail for name in ("list-id", "x-autoreply", "x-autorespond"))
    )


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain", "html"))
    if body is None:
        return ""
    payload = body.get_payload(decode=True)
    text = _decoded(payload if isinstance(payload, bytes) else b"", body.get_content_charset())
    if body.get_content_type() == "text/html":
        text = _Words.of(text)
    text = CONTROLS.sub("", _storable(text).replace("\r\n", "\n")).strip()
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + CUT


def _attachments(mail: EmailMessage) -> Iterator[Attachment]:
    body = mail.get_body(("plain", "html"))
    for part in mail.walk():
        named = part.get_filename()
        if part is body or part.is_multipart() or not (named or part.is_attachment()):
            continue
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        name = _line(named or "", LONGEST_NAME) or NAMELESS
        yield Attachment(name, content, media_type_of(content))


def _decoded(payload: bytes, charset: str | None) -> str:
    try:
        return payload.decode(charset or "utf-8", "replace")
    except LookupError:
        return payload.decode("utf-8", "replace")


def _line(text: str, longest: int) -> str:
    """Return `text` on one line, without what cannot be stored."""
    return " ".join(CONTROLS.sub(" ", _storable(text)).split())[:longest]


def _storable(text: str) -> str:
    """Return `text` with what stood in it undeclared read as UTF-8, and no half characters."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeError:
        return text.encode("utf-8", "replace").decode()


class _Words(HTMLParser):
    """Collects what a page says."""

    def __init__(self) -> None:
        super().__init__()
        self._said: list[str] = []
        self._unseen = 0

    @classmethod
    def of(cls, page: str) -> str:
        words = cls()
        words.feed(page)
        words.close()
        lines = (" ".join(line.split()) for line in "".join(words._said).split("\n"))
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._unseen += tag in UNSEEN
        if tag in BREAKING:
            self._said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in UNSEEN))

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._said.append(data.replace("\n", " "))
