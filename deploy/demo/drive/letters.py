"""Reading the mailbox as its owners would: a link of the latest message to an address."""

import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Final

from deploy.demo.drive.errors import DemoFailedError

TOKEN: Final = re.compile(r"[?&#/]token=([A-Za-z0-9._~-]+)")


class Letters:
    """The messages in a Maildir, read once each, newest last."""

    def __init__(self, maildir: Path) -> None:
        self._folder = maildir / "new"
        self._read: set[str] = set()
        self._links: dict[str, list[str]] = {}

    def token(self, address: str, page: str) -> str:
        """Return the token in the newest link to `page` sent to `address`.

        Raises:
            DemoFailedError: no such message arrived.
        """
        self._read_new()
        for link in reversed(self._links.get(address.lower(), [])):
            token = TOKEN.search(link)
            if page in link and token:
                return token[1]
        raise DemoFailedError(f"a message with a link to {page} did not arrive")

    def has(self, address: str, page: str) -> bool:
        """Say whether a message with a link to `page` was sent to `address`."""
        self._read_new()
        return any(page in link for link in self._links.get(address.lower(), []))

    def _read_new(self) -> None:
        if not self._folder.exists():
            return
        fresh = [path for path in self._folder.iterdir() if path.name not in self._read]
        for path in sorted(fresh, key=lambda p: (p.stat().st_mtime_ns, p.name)):
            self._read.add(path.name)
            message = message_from_bytes(path.read_bytes(), policy=default)
            body = message.get_body(("plain", "html"))
            text = str(body.get_content()) if body else ""
            links = [w.strip("<>.,()\"'") for w in text.split() if "http" in w]
            self._links.setdefault(str(message["to"]).lower(), []).extend(links)
