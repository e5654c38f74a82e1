"""What can go wrong in consent.

ConsentError
├── UnknownPurposeError    no such purpose rests on consent or may be objected to
├── UnknownDecisionError   the person took no such decision about a consent
├── TextChangedError       the text the person saw is no longer the one in force
├── UnknownPolicyError     there is no such version of the privacy policy, or not for this
├── PolicyReplacedError    the version was published before, or a later one was
├── EffectTooEarlyError    a version would take effect before everybody can have been told
├── AccountErasedError     the person has been erased: nothing is decided any more
└── InvalidLinkError       the token in a link was not signed by us
"""

from datetime import date


class ConsentError(Exception):
    """Root of the consent service's errors; messages never hold personal data."""


class UnknownPurposeError(ConsentError):
    """No such purpose is asked about."""


class UnknownDecisionError(ConsentError):
    """The person took no such decision about a consent."""


class TextChangedError(ConsentError):
    """A consent to a text that is no longer in force is not an informed one."""


class UnknownPolicyError(ConsentError):
    """There is no such version of the privacy policy, or none that this can be done to."""


class PolicyReplacedError(ConsentError):
    """The version was published before, or one that replaces it was."""


class EffectTooEarlyError(ConsentError):
    """The version would take effect before everybody can have been told (C12.1)."""

    def __init__(self, earliest: date) -> None:
        super().__init__(f"not before {earliest.isoformat()}")
        self.earliest = earliest


class AccountErasedError(ConsentError):
    """The person has been erased."""


class InvalidLinkError(ConsentError):
    """The token was not signed by us, or not for this use."""
