"""The mailbox of this machine as a place to search: what stands for people's own mailboxes.

A message to somebody is theirs and out of reach of an erasure; a message that shows one person's
data to another is a leak.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Final

from services.notify.application.deliver import stream_of
from shared.event_store import EventStore
from shared.searching.fingerprints import SEPARATOR
from shared.searching.places import Chunk, Sent

PLACE: Final = "mailbox"
AT_ONCE: Final = 100
FOLDERS: Final = ("new", "cur", "tmp")


@dataclass(frozen=True, slots=True)
class Mail:
    """One message."""

    message_id: str
    address: bytes
    content: bytes
    """As it is, then decoded."""


class SentMail:
    """Every message in a Maildir, as it is and decoded."""

    def __init__(self, maildir: Path, store: EventStore) -> None:
        self._maildir = maildir
        self._store = store

    async def chunks(self) -> AsyncIterator[Chunk]:
        """Yield every message, with whose own it is."""
        paths = await asyncio.to_thread(_messages, self._maildir)
        for start in range(0, len(paths), AT_ONCE):
            read = await asyncio.to_thread(_contents, paths[start : start + AT_ONCE])
            streams = [stream_of(mail.message_id) for mail in read]
            owners = await self._store.subjects_of(streams)
            sent = Sent([owners.get(one) for one in streams], [mail.address for mail in read])
            yield Chunk(PLACE, "files", [mail.content for mail in read], sent=sent)


def _messages(maildir: Path) -> list[Path]:
    return [path for name in FOLDERS for path in sorted((maildir / name).glob("*"))]


def _contents(paths: list[Path]) -> list[Mail]:
    """Return what is in each message that was not taken away meanwhile."""
    return [_content(path) for path in paths if path.is_file()]


def _content(path: Path) -> Mail:
    raw = path.read_bytes()
    message = message_from_bytes(raw, policy=default)
    identifier = str(message["Message-ID"] or "").strip("<> ").partition("@")[0]
    parts = [raw, *(str(value).encode() for value in message.values())]
    if isinstance(message, EmailMessage):
        for part in message.walk():
            payload = part.get_payload(decode=True)
            parts += [payload] if isinstance(payload, bytes) else []
    return Mail(identifier, str(message["To"] or "").encode(), SEPARATOR.join(parts))
