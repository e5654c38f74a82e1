"""Forms prove that they come from our own pages: a token bound to this browser and session."""

import hmac
import secrets
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from shared.http.problems import ProblemType
from shared.vault.keyring import write_secret

FIELD: Final = "csrf"
HEADER: Final = "x-csrf-token"
KEY_FILE: Final = "gateway-forms.key"
FORGED: Final = ProblemType(
    "csrf",
    403,
    "Cette demande ne vient pas de nos pages, ou l'en-tête X-CSRF-Token n'est pas celui de cette"
    " session.",
    "This request does not come from our pages, or the X-CSRF-Token header is not this session's.",
)


class ForgedFormError(Exception):
    """The form does not come from a page of ours, or the page was too old."""


class FormGuard:
    """Makes and checks form tokens (signed double submit)."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def from_folder(cls, folder: Path) -> "FormGuard":
        """Read the key in `folder`, creating it the first time."""
        path = folder / KEY_FILE
        if not path.exists():
            write_secret(path, secrets.token_hex(32))
        return cls(bytes.fromhex(path.read_text().strip()))

    def new_browser(self) -> str:
        """Return a fresh value for the browser's form cookie."""
        return secrets.token_urlsafe(24)

    def token(self, browser: str, session_id: str | None) -> str:
        """Return the token for forms shown to `browser` in the session, if there is one.

        It stays while the session does, though the session's own token may change meanwhile.
        """
        return self._signature(f"{browser}|{session_id or ''}")

    def stamp(self, at: datetime, browser: str) -> str:
        """Return what says, signed, that a form was shown to `browser` at that instant."""
        moment = str(int(at.timestamp()))
        return f"{moment}.{self._signature(f'shown|{moment}|{browser}')}"

    def shown_at(self, stamp: str | None, browser: str) -> datetime | None:
        """Return when the form with `stamp` was shown; `None` when it was not, to this browser."""
        moment, _, signature = (stamp or "").partition(".")
        expected = self._signature(f"shown|{moment}|{browser}")
        if not hmac.compare_digest(signature.encode(), expected.encode()):
            return None
        return datetime.fromtimestamp(int(moment), UTC)

    def _signature(self, message: str) -> str:
        return hmac.new(self._key, message.encode(), sha256).hexdigest()

    def accepts(self, token: str | None, browser: str | None, session_id: str | None) -> bool:
        """Tell whether `token` was made for this browser and session."""
        if not token or not browser:
            return False
        return hmac.compare_digest(token.encode(), self.token(browser, session_id).encode())
