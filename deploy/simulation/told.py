"""What invented lives tell. Each is looked at by itself, so all are told of one subject.

Events never change: those that say the same are one object, which a million lives share.
"""

from datetime import date
from functools import lru_cache
from typing import Final

from shared.events import consent, identity, learning, retention
from shared.events.base import SubjectId
from shared.personal import Personal

WHO: Final = SubjectId("person")
TEXT: Final = Personal("…")
"""Stands for every personal value: a simulation needs none."""
MODULE: Final = "m1"
KEPT: Final = 16_384
"""How many events of a kind are remembered."""

CONTACTS: Final = identity.ProspectContacted(prospect_id=WHO, name=TEXT, email=TEXT, language="fr")
CONTACTS_AGAIN: Final = identity.ProspectInteracted(prospect_id=WHO)
REGISTERS, REGISTERS_AS_MINOR = (
    identity.LearnerRegistered(
        learner_id=WHO, first_name=TEXT, last_name=TEXT, email=TEXT, language="fr", minor=minor
    )
    for minor in (False, True)
)
IS_BLOCKED: Final = identity.AccountBlocked(learner_id=WHO, reason="minor_without_agreement")
GUARDIAN_IS_ASKED: Final = identity.GuardianAgreementRequested(
    learner_id=WHO, agreement_id="asked", guardian_email=TEXT, token=TEXT
)
CONFIRMS: Final = identity.EmailConfirmed(learner_id=WHO)
DESCRIBES_PROFILE: Final = identity.ProfileDescribed(learner_id=WHO, goals=TEXT)
SIGNS_IN: Final = identity.LearnerLoggedIn(learner_id=WHO)
CONSENTS: Final = consent.ConsentGranted(
    learner_id=WHO, purpose="newsletter", text_version="v1", language="fr", channel="portal"
)
CLOSES: Final = identity.AccountClosed(learner_id=WHO, reason="learner")
ASKS_FOR_ERASURE: Final = retention.ErasureRequested(case_id="request", subject_id=WHO)


@lru_cache(KEPT)
def leaves_trace(month: str) -> identity.TraceCollected:
    """Return the trace of a sign-in in `month`, `YYYY-MM`."""
    return identity.TraceCollected(subject_id=WHO, month=month, ip_address=TEXT, browser=TEXT)


@lru_cache(KEPT)
def enrols(enrolment: str, access_until: date) -> learning.CourseEnrolled:
    """Return an enrolment whose contract's last day is `access_until`."""
    return learning.CourseEnrolled(
        learner_id=WHO, enrolment_id=enrolment, module_id=MODULE, access_until=access_until
    )


@lru_cache(KEPT)
def is_invoiced(invoice: str, enrolment: str, year_end: date) -> learning.InvoiceIssued:
    """Return the invoice of an enrolment, of the accounting year that ends on `year_end`."""
    return learning.InvoiceIssued(
        learner_id=WHO,
        invoice_id=invoice,
        enrolment_id=enrolment,
        accounting_year_end=year_end,
        billing_name=TEXT,
        amount_cents=Personal(12000),
    )


@lru_cache(KEPT)
def answers(enrolment: str, exercise: str) -> learning.ExerciseAnswered:
    """Return the answer to an exercise of an enrolment."""
    return learning.ExerciseAnswered(
        learner_id=WHO,
        enrolment_id=enrolment,
        module_id=MODULE,
        exercise_id=exercise,
        answer=TEXT,
        score=Personal(70),
    )


@lru_cache(KEPT)
def is_recorded(recording: str) -> learning.SessionRecorded:
    """Return the recording of a session."""
    return learning.SessionRecorded(
        learner_id=WHO, recording_id=recording, title=TEXT, location=TEXT
    )


@lru_cache(KEPT)
def keeps(recording: str) -> learning.RecordingKept:
    """Return that a recording is to be kept."""
    return learning.RecordingKept(learner_id=WHO, recording_id=recording)


@lru_cache(KEPT)
def is_certified(enrolment: str) -> learning.CertificationGranted:
    """Return the certification of an enrolment."""
    return learning.CertificationGranted(
        learner_id=WHO, enrolment_id=enrolment, module_id=MODULE, staff_id=SubjectId("staff-1")
    )


@lru_cache(KEPT)
def asks_support(request: str) -> identity.SupportRequestOpened:
    """Return a request to support."""
    return identity.SupportRequestOpened(subject_id=WHO, request_id=request, message=TEXT)


@lru_cache(KEPT)
def is_helped(request: str) -> identity.SupportRequestResolved:
    """Return the resolution of a request."""
    return identity.SupportRequestResolved(subject_id=WHO, request_id=request)
