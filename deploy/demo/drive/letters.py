"""Reading the mailbox as its owners would: a link of the latest message to an address."""

from email import message_from_bytes
from email.policy import default
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from deploy.demo.drive.errors import DemoFailedError


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
            parts = urlsplit(link)
            token = parse_qs(parts.query).get("token", [""])[0]
            if page in parts.path and token:
                return token
        raise DemoFailedError(f"a message with a link to {page} did not arrive")

    def has(self, address: str, page: str) -> bool:
        """Say whether a message with a link to `page` was sent to `address`."""
        self._read_new()
        return any(page in urlsplit(link).path for link in self._links.get(address.lower(), []))

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
