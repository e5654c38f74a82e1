"""An issue of a newsletter, composed once for each language: what is personal is filled in.

A letter to many differs in a greeting, a link and a few headers. The rest is rendered, folded and
encoded once; a copy is what a composed message is, byte for byte but for its boundary and its soft
line breaks.
"""

import re
from binascii import b2a_qp
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from enum import Enum, auto
from typing import Final

from markupsafe import escape

from services.notify.adapters.rendering import Content

NAME: Final = "\ue000"
LINK: Final = "https://edition.invalid/"
"""Stand for the name and the link while an issue is rendered: in no text (RFC 6761)."""
BOUNDARY: Final = "=_carionexiq"
"""Cannot be a line of quoted-printable, where `=` stands before two digits or at the end."""
SOFT_BREAK: Final = b"=\r\n"
_MARKS: Final = re.compile(f"({NAME}|{re.escape(LINK)})")


Fold = Callable[[str, str], str]


class Slot(Enum):
    """What is filled in for each recipient."""

    TO = auto()
    DATE = auto()
    MESSAGE_ID = auto()
    UNSUBSCRIBE = auto()
    FEEDBACK = auto()
    NAME = auto()
    NAME_HTML = auto()
    LINK = auto()
    LINK_HTML = auto()


HEADERS: Final[Mapping[str, Slot]] = {
    "to": Slot.TO,
    "date": Slot.DATE,
    "message-id": Slot.MESSAGE_ID,
    "list-unsubscribe": Slot.UNSUBSCRIBE,
    "cfbl-feedback-id": Slot.FEEDBACK,
}
OF_CONTENT: Final = frozenset({"content-type", "content-transfer-encoding"})


@dataclass(frozen=True, slots=True)
class Own:
    """What one copy has of its own; headers hold ASCII without line breaks."""

    to: str
    date: str
    message_id: str
    link: str
    feedback: str
    name: str

    def encoded(self) -> Mapping[Slot, bytes]:
        """Return it as it stands in its places."""
        return {
            Slot.TO: self.to.encode("ascii"),
            Slot.DATE: self.date.encode("ascii"),
            Slot.MESSAGE_ID: self.message_id.encode("ascii"),
            Slot.UNSUBSCRIBE: f"<{self.link}>".encode("ascii"),
            Slot.FEEDBACK: self.feedback.encode("ascii"),
            Slot.NAME: _quoted(self.name),
            Slot.NAME_HTML: _quoted(str(escape(self.name))),
            Slot.LINK: _quoted(self.link),
            Slot.LINK_HTML: _quoted(str(escape(self.link))),
        }


@dataclass(frozen=True, slots=True)
class Edition:
    """An issue in one language, cut where something personal stands."""

    parts: tuple[bytes | Slot, ...]

    @classmethod
    def of(cls, mail: EmailMessage, content: Content, fold: Fold) -> "Edition":
        """Return the edition of a message that was composed for anybody.

        Args:
            mail: gives its headers; those of `HEADERS` are filled in.
            content: rendered with `NAME` and `LINK`.
            fold: writes a header, by name and value, as RFC 5322 has it.
        """
        return cls(tuple(_joined(_parts(mail, content, fold))))

    def copy(self, own: Own) -> bytes:
        """Return the message to one recipient, as RFC 5322 has it."""
        filled = own.encoded()
        return b"".join(filled[part] if isinstance(part, Slot) else part for part in self.parts)


def _parts(mail: EmailMessage, content: Content, fold: Fold) -> Iterator[bytes | Slot]:
    for name, value in mail.items():
        slot = HEADERS.get(name.lower())
        if slot is not None:
            yield f"{name}: ".encode("ascii")
            yield slot
            yield b"\r\n"
        elif name.lower() not in OF_CONTENT:
            yield fold(name, value).encode("ascii")
    yield f'Content-Type: multipart/alternative; boundary="{BOUNDARY}"\r\n\r\n'.encode("ascii")
    yield from _part("plain", content.text, {NAME: Slot.NAME, LINK: Slot.LINK})
    yield from _part("html", content.html, {NAME: Slot.NAME_HTML, LINK: Slot.LINK_HTML})
    yield f"--{BOUNDARY}--\r\n".encode("ascii")


def _part(subtype: str, text: str, slots: Mapping[str, Slot]) -> Iterator[bytes | Slot]:
    yield (
        f"--{BOUNDARY}\r\n"
        f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode("ascii")
    pieces = _MARKS.split(text)
    for before, piece, after in zip(["", *pieces], pieces, [*pieces[1:], ""], strict=False):
        if piece not in slots:
            yield _quoted(piece)
            continue
        # What is filled in may be long: lines are of 76 characters at most (RFC 2045).
        if not before.endswith("\n"):
            yield SOFT_BREAK
        yield slots[piece]
        if not after.startswith("\n"):
            yield SOFT_BREAK
    yield b"\r\n"


def _quoted(text: str) -> bytes:
    """Return `text` in quoted-printable with the line breaks of mail."""
    return b2a_qp(text.encode(), istext=True).replace(b"\n", b"\r\n")


def _joined(parts: Iterator[bytes | Slot]) -> Iterator[bytes | Slot]:
    """Join what stands together."""
    waiting = b""
    for part in parts:
        if isinstance(part, bytes):
            waiting += part
        else:
            yield waiting
            yield part
            waiting = b""
    yield waiting
