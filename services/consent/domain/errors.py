"""What can go wrong in consent.

ConsentError
├── UnknownPurposeError    no such purpose rests on consent or may be objected to
├── UnknownDecisionError   the person took no such decision about a consent
├── TextChangedError       the text the person saw is no longer the one in force
├── AccountErasedError     the person has been erased: nothing is decided any more
└── InvalidLinkError       the token in a link was not signed by us
"""


class ConsentError(Exception):
    """Root of the consent service's errors; messages never hold personal data."""


class UnknownPurposeError(ConsentError):
    """No such purpose is asked about."""


class UnknownDecisionError(ConsentError):
    """The person took no such decision about a consent."""


class TextChangedError(ConsentError):
    """A consent to a text that is no longer in force is not an informed one."""


class AccountErasedError(ConsentError):
    """The person has been erased."""


class InvalidLinkError(ConsentError):
    """The token was not signed by us, or not for this use."""
