"""The mail server process: `python mailbox_server.py --port P --maildir D`.

Its copies have the term of `mail-content` in the rules: 30 days.
"""

import argparse
import signal
import threading
import time
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox

KEPT_SECONDS = 30 * 24 * 3600
LOOKED_AT_SECONDS = 3600


def forget_old(maildir: Path, now: float) -> int:
    """Delete the messages that came more than 30 days before `now`; return how many."""
    old = [
        message
        for folder in ("new", "cur", "tmp")
        for message in (maildir / folder).glob("*")
        if message.stat().st_mtime < now - KEPT_SECONDS
    ]
    for message in old:
        message.unlink(missing_ok=True)
    return len(old)


def main() -> None:
    """Take mail on the loopback address until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--maildir", type=Path, required=True)
    arguments = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    controller = Controller(Mailbox(arguments.maildir), hostname="127.0.0.1", port=arguments.port)
    controller.start()
    while not stop.is_set():
        forget_old(arguments.maildir, time.time())  # noqa: TID251 - files have the machine's time
        stop.wait(LOOKED_AT_SECONDS)
    controller.stop()


if __name__ == "__main__":
    main()
