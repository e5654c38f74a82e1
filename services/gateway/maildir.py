"""Reading the embedded mailbox, a Maildir, for the demonstration's viewer."""

import mailbox
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Letter:
    """One message that the platform sent."""

    key: str
    recipient: str
    subject: str
    date: str
    text: str
    links: tuple[str, ...]
    """Addresses in the text, in order."""


def letters(folder: Path) -> list[Letter]:
    """Return the messages in the Maildir at `folder`, newest first; empty where there is none."""
    if not folder.exists():
        return []
    box = mailbox.Maildir(folder, create=False)
    dated = [(box.get_message(key).get_date(), key) for key in box.keys()]  # noqa: SIM118 - a Maildir is no dict
    return [_letter(box, key) for _, key in sorted(dated, reverse=True)]


def letter(folder: Path, key: str) -> Letter | None:
    """Return the message `key` of the Maildir at `folder`, if it is there."""
    if not folder.exists():
        return None
    box = mailbox.Maildir(folder, create=False)
    return _letter(box, key) if key in box else None


def _letter(box: "mailbox.Maildir", key: str) -> Letter:
    message = message_from_bytes(box.get_bytes(key), policy=default)
    body = message.get_body(("plain", "html"))
    text = str(body.get_content()) if body else ""
    links = tuple(
        word.strip("<>.,)") for word in text.split() if word.strip("<(").startswith("http")
    )
    return Letter(
        key=key,
        recipient=str(message["to"] or ""),
        subject=str(message["subject"] or ""),
        date=str(message["date"] or ""),
        text=text,
        links=tuple(link.lstrip("<(") for link in links),
    )
