"""What counts as provided by the person, decided for every personal field that is stored.

Provided is what the person told, and what was observed of their use of the platform (Article 29
Working Party, WP 242 rev.01), where the processing rests on contract or consent (GDPR art. 20(1)).
The reasons why a field is not stand here with it. A test fails for a field that is not decided.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Origin(StrEnum):
    """Where a value comes from, as far as portability asks."""

    TOLD = "told"
    """The person typed or chose it: in the file."""
    OBSERVED = "observed"
    """Recorded of what the person did: in the file."""
    RESULT = "result"
    """Computed from what the person did; in the file beyond what art. 20 asks, since a learning
    record without its result serves nowhere."""
    ASSESSED = "assessed"
    """What staff think of the person: shown on access, not provided by the person."""
    OURS = "ours"
    """Written or made by the platform."""
    OTHERS = "others"
    """About somebody else, whose rights come first (GDPR art. 20(4))."""
    SECRET = "secret"  # noqa: S105 - names a kind, is none
    """Opens something: never handed out."""
    COPY = "copy"
    """Stands in another field that is in the file."""
    OTHER_BASIS = "other_basis"
    """Rests on law or legitimate interest, to which art. 20 does not apply (C9.3, C9.4)."""

    @property
    def is_provided(self) -> bool:
        """Whether it is in the file."""
        return self in (Origin.TOLD, Origin.OBSERVED, Origin.RESULT)


_GUARDIAN: Final = {
    "guardian_email": Origin.OTHERS,
    "guardian_name": Origin.OTHERS,
    "token": Origin.SECRET,
}
_DISPUTE: Final = dict.fromkeys(("should_be", "why"), Origin.OTHER_BASIS)
"""Said in the exercise of a right, to which the law obliges us to answer."""
_TWO_LINKS: Final = {"token": Origin.SECRET, "stop_token": Origin.SECRET}

ORIGINS: Final[Mapping[str, Mapping[str, Mapping[str, Origin]]]] = {
    "consent": {
        "ObjectionRaised": {"explained": Origin.OURS},
        "RestrictionPlaced": {"explained": Origin.OURS},
    },
    "identity": {
        "AccessTaken": {"reason": Origin.OURS},
        "AccountRequested": {
            **dict.fromkeys(("first_name", "last_name", "email", "telephone"), Origin.TOLD),
            "adult_on": Origin.OURS,
        },
        "AnomalyNoticed": {"seen": Origin.OTHER_BASIS, "token": Origin.SECRET},
        "Appointed": {"name": Origin.OURS, "email": Origin.OURS, "password_hash": Origin.SECRET},
        "ConfirmationRequested": {"token": Origin.SECRET},
        "ContactMade": dict.fromkeys(("name", "email", "message", "context"), Origin.OTHER_BASIS),
        "DemandNoted": {"document_name": Origin.OURS},
        "EmailChangeAsked": {
            **dict.fromkeys(("email", "previous_email"), Origin.COPY),
            **_TWO_LINKS,
        },
        "EmailChangeStopped": {"email": Origin.TOLD},
        "EmailChanged": {"email": Origin.TOLD, "previous_email": Origin.COPY},
        "FileAttached": {"name": Origin.TOLD},
        "GuardianAgreed": {"guardian_email": Origin.OTHERS, "token": Origin.SECRET},
        "GuardianAsked": _GUARDIAN,
        "GuardianAskedAgain": _GUARDIAN,
        "MessageReceived": {"message": Origin.TOLD, "mail": Origin.OURS},
        "MinorityEstablished": {"adult_on": Origin.OURS},
        "PasskeyAdded": dict.fromkeys(("name", "credential_id", "public_key"), Origin.SECRET),
        "PasskeyRenamed": {"name": Origin.SECRET},
        "PasswordSet": {"password_hash": Origin.SECRET},
        "ProfileTold": dict.fromkeys(
            ("goals", "experience", "availability", "pace", "format"), Origin.TOLD
        ),
        "ProviderLinked": {"provider_subject": Origin.SECRET},
        "RecoveryCodesMade": {"hashes": Origin.SECRET},
        "RecoveryRequested": {"token": Origin.SECRET},
        "Rectified": dict.fromkeys(("first_name", "last_name", "telephone"), Origin.TOLD),
        "ReplyGiven": {
            **dict.fromkeys(("message", "title", "answers"), Origin.OURS),
            "author": Origin.OTHERS,
        },
        "RequestOpened": {"message": Origin.TOLD, "title": Origin.TOLD, "mail": Origin.OURS},
        "ReturnAsked": {**_TWO_LINKS, "previous_email": Origin.COPY},
        "StaffPasswordChanged": {"password_hash": Origin.SECRET},
        "StaffRecoveryRequested": {"token": Origin.SECRET},
        "TotpProposed": {"secret": Origin.SECRET},
        "ZoneChosen": {"zone": Origin.TOLD},
        "TraceTaken": dict.fromkeys(("ip_address", "browser", "screen"), Origin.OTHER_BASIS),
    },
    "learning": {
        "CertificationGranted": {"comment": Origin.ASSESSED},
        "CertificationRefused": {"comment": Origin.ASSESSED},
        "CommentCorrected": {"comment": Origin.ASSESSED},
        "EnrolmentDisputed": _DISPUTE,
        "EnrolmentDisputeSettled": {"reason": Origin.OURS},
        "InvoiceDisputed": _DISPUTE,
        "InvoiceDisputeSettled": {"reason": Origin.OURS},
        "RecipientCorrected": {"billing_name": Origin.OTHER_BASIS},
        "ScoreCorrected": {"score": Origin.RESULT},
        "EnrolmentAnonymised": {"contribution": Origin.OURS},
        "ExerciseAnswered": {"answer": Origin.TOLD, "score": Origin.RESULT},
        "InvoiceIssued": dict.fromkeys(("billing_name", "amount_cents"), Origin.OTHER_BASIS),
        "InvoicePaid": {"method": Origin.OTHER_BASIS},
        "RecordImported": {"record": Origin.TOLD},
        "SessionRecorded": {"title": Origin.OURS, "location": Origin.OURS},
    },
    "notify": {
        "MessageQueued": {
            "token": Origin.SECRET,
            "guardian_email": Origin.OTHERS,
            **dict.fromkeys(("address", "text", "title", "answers"), Origin.COPY),
        },
    },
}
"""By service, stored event and field. Dates and opaque ids that are no personal field, such as when
a course was begun or a live session took place, are observed and in the file."""
