"""Why a command of identity is refused."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from services.identity.domain.password_policy import Weakness


class IdentityError(Exception):
    """Base of every refusal of the identity domain."""


class UnknownAccountError(IdentityError):
    """There is no such account, or it has been erased."""


class GuardianRequiredError(IdentityError):
    """A minor registers without naming a legal guardian (C11.1)."""


class BirthDateMissingError(IdentityError):
    """A minor reported by staff names a guardian without telling the birth date."""

    details: Mapping[str, Any] = {"errors": [{"pointer": "/birth_date", "code": "missing"}]}


class UnknownZoneError(IdentityError):
    """There is no time zone of that name."""

    details: Mapping[str, Any] = {"errors": [{"pointer": "/zone", "code": "unknown"}]}


class AdultError(IdentityError):
    """The birth date that was told is that of an adult."""


class NotBlockedError(IdentityError):
    """The account awaits no guardian's agreement."""


class TooLateError(IdentityError):
    """The seven days are over: the account's data is being deleted (C11.2)."""


class GuardianLettersError(IdentityError):
    """So many letters went to guardians that the next one has to wait, or none may follow."""


class WeakPasswordError(IdentityError):
    """The password that was chosen is too easy to guess (C7.2)."""

    def __init__(self, weakness: Weakness) -> None:
        super().__init__(weakness)
        self.details: Mapping[str, Any] = {"errors": [{"pointer": "/password", "code": weakness}]}


class FileRefusedError(IdentityError):
    """A file that came with a form is not taken; which one is not told, since it has a name."""

    def __init__(self, refusal: str) -> None:
        super().__init__(refusal)
        self.details: Mapping[str, Any] = {"errors": [{"pointer": "/files", "code": refusal}]}


class AccountUnconfirmedError(IdentityError):
    """The e-mail address has not been confirmed yet."""


class AccountBlockedError(IdentityError):
    """A minor's account without the guardian's agreement (C11.2)."""


class AccountClosedError(IdentityError):
    """The account has been closed."""


class LinkSpentError(IdentityError):
    """The link was used, superseded by a later one, or is too old."""


class EmailJustChangedError(IdentityError):
    """The address changed so recently that the one before can still stop it."""


class WrongPasswordError(IdentityError):
    """The password that was given to confirm an act is not the account's."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.details: Mapping[str, Any] = {
            "errors": [{"pointer": f"/{field}", "code": "password_wrong"}]
        }


class UnknownRequestError(IdentityError):
    """There is no such support request of this person, or no such prospect."""


class AlreadyResolvedError(IdentityError):
    """The support request has found its final resolution; reopen it first."""


class UnknownStaffError(IdentityError):
    """There is no such member of staff, or the person has left."""


class RoleTermError(IdentityError):
    """A role ends in the past, or later than a year from now."""


class SamePersonError(IdentityError):
    """Who appointed, or was appointed, cannot be the second person to agree."""


class AppointmentUnconfirmedError(IdentityError):
    """The appointment does not count before a second person has agreed."""


class NotInvitedError(IdentityError):
    """No administrator has invited this account to sign in through the external provider."""


class TrainingDateError(IdentityError):
    """A training is recorded of a day to come, out of date, or no later than the last one."""

    details: Mapping[str, Any] = {"errors": [{"pointer": "/done_on", "code": "training_date"}]}


class MergeRefusedError(IdentityError):
    """The account is merged already, or the other one is the same, unknown or closed."""


class WrongCodeError(IdentityError):
    """The code is not one of this account's, or of no time near now."""

    def __init__(self) -> None:
        super().__init__("code")
        self.details: Mapping[str, Any] = {"errors": [{"pointer": "/code", "code": "code_wrong"}]}


class CodeSpentError(IdentityError):
    """The code was right and has served already (RFC 6238 5.2)."""

    def __init__(self) -> None:
        super().__init__("code")
        self.details: Mapping[str, Any] = {"errors": [{"pointer": "/code", "code": "code_spent"}]}


class ProposalOverError(IdentityError):
    """No TOTP secret waits for its first code any more."""


class NoAuthenticatorError(IdentityError):
    """The account has no such authenticator, or none at all."""


class LastAuthenticatorError(IdentityError):
    """Staff cannot do without any second factor (C7.3)."""


class PasskeyCopiedError(IdentityError):
    """The passkey counts less signatures than it has made: there is a copy of it."""


class ReturnTooEarlyError(IdentityError):
    """The wait before lost factors are removed is not over."""

    def __init__(self, left: timedelta) -> None:
        super().__init__("return")
        self.details: Mapping[str, Any] = {"retry_after": max(1, int(left.total_seconds()))}


class ResetOverError(IdentityError):
    """Nobody has asked for this reset, or too long ago."""


class WatchRulesError(Exception):
    """The watching rules are wrong; each line names file, line, rule and what is wrong."""


class AnomalyNotFoundError(IdentityError):
    """There is no such anomaly."""


class AnomalySettledError(IdentityError):
    """The anomaly is settled already, otherwise than asked for."""


class LiveSessionClosedError(IdentityError):
    """The session is not this speaker's, or does not take place at this moment (C6.3)."""


class AccessNotFoundError(IdentityError):
    """There is no such break-glass access, or it is a colleague's."""


class OwnAccessError(IdentityError):
    """Who took a break-glass access cannot review it."""


class AccessRunningError(IdentityError):
    """A break-glass access that is still open cannot be found justified."""


class AccessReviewedError(IdentityError):
    """The break-glass access was judged already, otherwise than asked for."""


class UnknownRightsCaseError(IdentityError):
    """There is no such rights case, or not for this caller."""


class RightsCaseClosedError(IdentityError):
    """The rights case is over."""


class RightsCaseOpenError(IdentityError):
    """A rights case is about this exchange and still open."""


class IdentityUnconfirmedError(IdentityError):
    """Nobody has shown yet that it is the person who asks."""


class NotExtendableError(IdentityError):
    """The term of the case cannot be longer: not of this kind, not twice, not once it is over."""


class UnknownRecipientError(IdentityError):
    """Nobody of that name is to be told in this case."""


class ActElsewhereError(IdentityError):
    """The case is the record of what its person began themselves; it ends where that ends."""


class ConfirmationNotAwaitedError(IdentityError):
    """The person has shown already that it is they who ask."""


class ConfirmationSentLatelyError(IdentityError):
    """The link that confirms was sent a moment ago, or as often as it may be."""

    def __init__(self, left: timedelta | None) -> None:
        super().__init__("confirmation")
        self.details: Mapping[str, Any] = (
            {} if left is None else {"retry_after": max(1, int(left.total_seconds()))}
        )


class NoExchangeError(IdentityError):
    """A rights case belongs to an exchange of the privacy queue, and this is none."""


class ReceiptDateError(IdentityError):
    """The day of receipt is after the exchange began, or long before."""

    def __init__(self) -> None:
        super().__init__("received_on")
        self.details: Mapping[str, Any] = {
            "errors": [{"pointer": "/received_on", "code": "receipt_date"}]
        }


class UnknownFileError(IdentityError):
    """Nobody asked for such an access file, or not for this caller."""


class FileIncompleteError(IdentityError):
    """A service still owes its part of the access file."""


class FileFetchedError(IdentityError):
    """The access file has been fetched, which can be done once."""


class FileExpiredError(IdentityError):
    """The term of the access file is over."""
