"""What can go wrong in notify.

NotifyError
├── DeliveryError    the provider did not take a message
├── BusyError        it is not this message's turn yet
└── EventDatesError  an event cannot be announced with these dates
"""


class NotifyError(Exception):
    """Root of the notify service's errors; messages never hold personal data."""


class DeliveryError(NotifyError):
    """The provider did not take a message.

    `code` is its reply code, or what went wrong before there was one; its words are not kept,
    since they often repeat the address.
    """

    def __init__(
        self,
        code: str,
        *,
        permanent: bool,
        status: str | None = None,
        doubtful: bool = False,
        of_domain: bool = False,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent
        self.status = status
        """Enhanced status code (RFC 3463)."""
        self.doubtful = doubtful
        """Whether the provider may have taken the message all the same (RFC 1047)."""
        self.of_domain = of_domain
        """Whether other messages to the same domain would fare no better now."""


class BusyError(NotifyError):
    """It is not this message's turn: its domain, its provider or its class has enough under way."""

    def __init__(self, seconds: float) -> None:
        super().__init__("busy")
        self.seconds = seconds
        """After how long to ask again."""


class EventDatesError(NotifyError):
    """An event begins within a day, or ends before it begins or days later."""
