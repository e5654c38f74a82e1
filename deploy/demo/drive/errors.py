"""What stops a demonstration before its end."""


class DemoFailedError(Exception):
    """The demonstration cannot go on; the message is one line, free of personal data."""
