"""A mail server as a process of this machine: takes every message, delivers to one Maildir."""

import smtplib
import sys
from collections.abc import Sequence
from pathlib import Path

from shared.engines.managed import Managed, NotReadyError, Report
from shared.engines.ports import LOOPBACK


class MailboxEngine(Managed):
    """What stands in for the contracted e-mail sender on a developer's machine."""

    name = "mailbox"

    def __init__(self, maildir: Path, *, port: int) -> None:
        """Describe a mail server that delivers to `maildir`."""
        self._maildir = maildir
        self._port = port
        self.ports = {port: "CARIONEXIQ_SMTP_PORT"}

    @property
    def port(self) -> int:
        """Where it takes mail, on the loopback address."""
        return self._port

    @property
    def maildir(self) -> Path:
        """Where the messages are, one file each under `new/`."""
        return self._maildir

    def prepare(self, report: Report) -> None:  # noqa: ARG002 - nothing takes long here
        """Create the folder above the Maildir."""
        self._maildir.parent.mkdir(parents=True, exist_ok=True)

    def command(self) -> Sequence[str]:
        """Return the command line of the mail server."""
        # -P: this folder must not come before the standard library's own `mailbox`.
        return [
            sys.executable,
            "-P",
            str(Path(__file__).with_name("mailbox_server.py")),
            "--port",
            str(self._port),
            "--maildir",
            str(self._maildir),
        ]

    def probe(self) -> None:
        """Wait for the greeting."""
        try:
            with smtplib.SMTP(LOOPBACK, self._port, timeout=5) as connection:
                connection.noop()
        except (OSError, smtplib.SMTPException) as error:
            raise NotReadyError(type(error).__name__) from error
