"""The mail server process: `python mailbox_server.py --port P --maildir D`."""

import argparse
import signal
import threading
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox


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
    stop.wait()
    controller.stop()


if __name__ == "__main__":
    main()
