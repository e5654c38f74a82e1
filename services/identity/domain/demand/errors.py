"""Why something cannot be done about an official demand."""

from services.identity.domain.errors import IdentityError


class UnknownDemandError(IdentityError):
    """There is no such demand."""


class DemandClosedError(IdentityError):
    """It is over."""


class DemandContestedError(IdentityError):
    """It is contested: nothing is prepared or handed over before that is settled."""


class NotContestedError(IdentityError):
    """Nothing is contested that could be settled."""


class DemandUncheckedError(IdentityError):
    """It has not been checked, or a point of the check was answered with no."""


class NobodyNamedError(IdentityError):
    """It names nobody whom we know: there is nothing that could be looked for."""


class WiderScopeError(IdentityError):
    """What is called narrower asks for more than before."""


class NoDisclosureError(IdentityError):
    """Nothing is prepared, or what was is gone."""


class DisclosureIncompleteError(IdentityError):
    """A service has not given its part yet, or could not."""


class AlreadyApprovedError(IdentityError):
    """A second person has approved it: it can only be handed over or given up."""


class UnapprovedError(IdentityError):
    """No second person has approved it."""


class SamePreparerError(IdentityError):
    """Who prepared the disclosure cannot be the second person."""


class AlreadyToldError(IdentityError):
    """The persons have been told: it cannot be secret any more."""


class SecrecyDateError(IdentityError):
    """A ban that lasts until a date names one that is to come."""


class AlteredPartError(IdentityError):
    """What a service gave is not what was approved."""
