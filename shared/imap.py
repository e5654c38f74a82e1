"""A mailbox over IMAP, emptied as its mails are taken in: what people write, what comes back."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from imaplib import IMAP4
from typing import Final, Literal, NamedTuple, TypeVar

from imap_tools import AND, BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError
from pydantic import SecretStr

AT_ONCE: Final = 200
"""Mails taken up in one round; the next round takes the others."""
T = TypeVar("T")


class MailboxAwayError(Exception):
    """The mailbox cannot be reached, or refuses."""


@dataclass(frozen=True, slots=True)
class MailboxAddress:
    """Where a mailbox is and who opens it."""

    host: str
    port: int
    tls: Literal["none", "tls"]
    username: str
    password: SecretStr
    folder: str
    """Mails in it are taken in, then deleted."""
    aside: str
    """Folder of what could not be taken in."""
    timeout_seconds: float


class Waiting(NamedTuple):
    """A mail that has not been taken in."""

    uid: str
    size: int
    """Bytes, as the server says before anything is fetched."""


class MailboxSession:
    """One connection; each call blocks a thread, never the event loop."""

    def __init__(self, box: BaseMailBox, folder: str, aside: str) -> None:
        self._box = box
        self._folder = folder
        self._aside = aside

    async def waiting(self) -> list[Waiting]:
        """Return the oldest mails that wait, with their size."""
        return await _called(self._waiting)

    async def raw(self, uid: str) -> bytes | None:
        """Return a mail as it came; `None` when somebody else has taken it."""
        return await _called(lambda: self._raw(uid))

    async def delete(self, uid: str) -> None:
        """Delete a mail for good; one that is gone already is no error."""
        await _called(lambda: self._box.delete(uid))

    async def set_aside(self, uid: str) -> None:
        """Move a mail to where staff look at what could not be taken in."""
        await _called(lambda: self._move(uid))

    async def forget_aside(self, before: datetime) -> int:
        """Delete what was set aside before that day; return how much that was."""
        return await _called(lambda: self._forget(before))

    def _waiting(self) -> list[Waiting]:
        found = []
        for uid in self._box.uids()[:AT_ONCE]:
            status, data = self._box.client.uid("FETCH", uid, "(RFC822.SIZE)")
            told = b" ".join(one for one in data if isinstance(one, bytes))
            size = told.rpartition(b"RFC822.SIZE ")[2].rstrip(b")").split(b" ")[0]
            if status == "OK" and size.isdigit():
                found.append(Waiting(uid, int(size)))
        return found

    def _raw(self, uid: str) -> bytes | None:
        _, data = self._box.client.uid("FETCH", uid, "(BODY.PEEK[])")
        return next((bytes(one[1]) for one in data if isinstance(one, tuple)), None)

    def _move(self, uid: str) -> None:
        if not self._box.folder.exists(self._aside):
            self._box.folder.create(self._aside)
        self._box.move(uid, self._aside)

    def _forget(self, before: datetime) -> int:
        if not self._box.folder.exists(self._aside):
            return 0
        self._box.folder.set(self._aside)
        old = self._box.uids(AND(date_lt=before.date()))
        self._box.delete(old)
        self._box.folder.set(self._folder)
        return len(old)


class ImapMailbox:
    """Opens connections to one mailbox."""

    def __init__(
        self, address: MailboxAddress, stopped: Callable[[], Awaitable[str | None]]
    ) -> None:
        """Describe the mailbox; `stopped` tells why no data may flow on that way now, if so."""
        self._address = address
        self._stopped = stopped

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[MailboxSession]:
        """Yield a connection that is signed in.

        Raises:
            MailboxAwayError: there is none to be had, or no data may flow on that way now.
        """
        if (refusal := await self._stopped()) is not None:
            raise MailboxAwayError(f"transfer refused: {refusal}")
        box = await _called(self._connected)
        try:
            yield MailboxSession(box, self._address.folder, self._address.aside)
        finally:
            await _called(box.client.shutdown)

    def _connected(self) -> BaseMailBox:
        at = self._address
        box: BaseMailBox = (
            MailBoxUnencrypted(at.host, at.port, timeout=at.timeout_seconds)
            if at.tls == "none"
            else MailBox(
                at.host,
                at.port,
                timeout=at.timeout_seconds,
                ssl_context=ssl.create_default_context(),
            )
        )
        box.login(at.username, at.password.get_secret_value(), at.folder)
        return box


async def _called(call: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(call)
    except (ImapToolsError, OSError, IMAP4.error) as error:
        # What the server says may quote a mail.
        raise MailboxAwayError(type(error).__name__) from None
