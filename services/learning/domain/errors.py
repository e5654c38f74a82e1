"""What can go wrong in learning.

LearningError
├── AccountNotOpenError            the account may not enrol
│   ├── AccountUnconfirmedError
│   ├── GuardianAgreementMissingError
│   └── AccountLeftError
├── NotFoundError                  there is no such thing, or it is somebody else's
│   ├── ModuleNotFoundInCatalogueError
│   ├── EnrolmentNotFoundError
│   ├── ExerciseNotFoundError
│   ├── InvoiceNotFoundError
│   ├── RecordingNotFoundError
│   ├── LearnerNotFoundError
│   ├── AssignmentNotFoundError
│   ├── ColleagueNotFoundError
│   ├── LiveSessionNotFoundError
│   └── DisputeNotFoundError
├── AlreadyContestedError
├── NotDeciderError
├── ContestedError
├── CorrectionError
├── AlreadyEnrolledError
├── EnrolmentOverError
├── AlreadyCertifiedError
├── NoAttemptLeftError
├── AnswerNotUnderstoodError
├── CertificationNotPendingError
├── HumanDecisionRequiredError
├── InvoiceAlreadyPaidError
├── RecordingGoneError
├── OwnRecordError
├── TooManyImportedError
├── GroupNotTaughtError
├── LiveSessionTimesError
├── LiveSessionOverError
└── RecordingPlaceError
"""


class LearningError(Exception):
    """Root of the learning service's errors; messages never hold personal data."""


class AccountNotOpenError(LearningError):
    """The account may not enrol."""


class AccountUnconfirmedError(AccountNotOpenError):
    """The e-mail address has not been confirmed, or the account is not known here yet."""


class GuardianAgreementMissingError(AccountNotOpenError):
    """A minor without the legal guardian's agreement may not enrol (C11.1)."""


class AccountLeftError(AccountNotOpenError):
    """The account is closed."""


class NotFoundError(LearningError):
    """There is no such thing, or it is not the caller's."""


class ModuleNotFoundInCatalogueError(NotFoundError):
    """The catalogue has no such module."""


class EnrolmentNotFoundError(NotFoundError):
    """There is no such enrolment of this person."""


class ExerciseNotFoundError(NotFoundError):
    """The module has no such exercise."""


class InvoiceNotFoundError(NotFoundError):
    """There is no such invoice of this person."""


class RecordingNotFoundError(NotFoundError):
    """There is no such recording of this person."""


class LearnerNotFoundError(NotFoundError):
    """No learner of that id is known here."""


class AssignmentNotFoundError(NotFoundError):
    """The trainer does not teach that group."""


class ColleagueNotFoundError(NotFoundError):
    """Nobody of that id has the role that is needed, or not any more."""


class LiveSessionNotFoundError(NotFoundError):
    """There is no such session of this person."""


class DisputeNotFoundError(NotFoundError):
    """There is no such dispute that is open, or not for this caller."""


class AlreadyContestedError(LearningError):
    """The person has said already that this value is wrong."""


class NotDeciderError(LearningError):
    """Somebody else decides about this value (C4.2)."""


class ContestedError(LearningError):
    """A decision would rest on a value that is restricted while it is contested (art. 18)."""


class CorrectionError(LearningError):
    """The right value is missing, or none of this kind."""


class GroupNotTaughtError(LearningError):
    """The trainer was about to meet a group that somebody else teaches (C4.2)."""


class LiveSessionTimesError(LearningError):
    """A session ends after it starts, within eight hours, and not in the past."""


class LiveSessionOverError(LearningError):
    """The session is over, or was cancelled."""


class SeatNotFoundError(LearningError):
    """There is no such live session to come, or the person has no seat in it."""


class AlreadyEnrolledError(LearningError):
    """An enrolment in this module is running."""


class EnrolmentOverError(LearningError):
    """The contract is over: ended, past its last day, or anonymised."""


class AlreadyCertifiedError(LearningError):
    """The certification was granted: the answers it rests on no longer change."""


class NoAttemptLeftError(LearningError):
    """The exercise has been answered as often as allowed."""


class AnswerNotUnderstoodError(LearningError):
    """The answer does not fit the exercise: an unknown option, or not a number."""


class CertificationNotPendingError(LearningError):
    """There is nothing for a trainer to decide."""


class HumanDecisionRequiredError(LearningError):
    """A certification was about to be decided by anybody but a trainer (C5.2)."""


class InvoiceAlreadyPaidError(LearningError):
    """The invoice has been paid."""


class RecordingGoneError(LearningError):
    """The recording reached its term and was deleted (C2.10)."""


class ConsentMissingError(LearningError):
    """Something rests on a consent that the person does not give (C9.2)."""


class ChoicesNotKnownError(LearningError):
    """Whether the person consents is not known at this moment: nothing is done."""


class OwnRecordError(LearningError):
    """A record that was brought was recorded here in the first place, and still stands."""


class TooManyImportedError(LearningError):
    """No more records from elsewhere are kept of one person."""


class AccessDateError(LearningError):
    """The last day of a contract comes after its first, and at most five years after."""


class RecordingPlaceError(LearningError):
    """No recording may be kept where it is said to be (C10.2)."""
