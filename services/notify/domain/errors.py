"""What can go wrong in notify.

NotifyError
└── DeliveryError    the provider did not take a message
"""


class NotifyError(Exception):
    """Root of the notify service's errors; messages never hold personal data."""


class DeliveryError(NotifyError):
    """The provider did not take a message.

    `code` is its reply code, or what went wrong before there was one; its words are not kept,
    since they often repeat the address.
    """

    def __init__(self, code: str, *, permanent: bool) -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent
