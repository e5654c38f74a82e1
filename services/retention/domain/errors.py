"""What can go wrong in retention.

RetentionError
├── RuleSetError               the rule set cannot be used; the message names file, line and rule
├── RuleSetNotFoundError       no rule set with that digest is kept
├── RulesInForceError          the rule set is in force already
├── VersionTakenError          the version was adopted with another text
├── AdoptionOutdatedError      another version came into force since the rule set was compared
├── ConfirmationOutdatedError  not the number of objects that was confirmed would go at once
├── UnknownSubjectError        nothing is known of the person
├── ConfirmationMissingError   erasure was asked for without confirming it (C8.4)
├── NothingToEraseError        everything that may go has gone
├── HoldNotFoundError          there is no such hold
├── HoldOverError              the hold has been lifted or has expired
├── HoldExpiryError            a hold keeps something, and ends in the future
├── ReviewDateError            every hold is reviewed within twelve months
├── DisclosureError            whoever may know of a hold cannot be kept from knowing
├── NarrowingError             a narrowed hold keeps less than before, and something
├── MatterNotFoundError        there is no such matter
├── MatterOverError            the matter has been closed
├── IncidentNotFoundError      there is no such incident
├── PenetrationTestNotFoundError  there is no such penetration test
├── FindingNotFoundError       a penetration test found no such thing
├── PenetrationTestDateError   a test is to come, or a finding due before its test
├── ProcessorNotFoundError     no such processor works for the controller
├── ProcessorKnownError        another processor has that id
├── TransferRefusedError       what is to be agreed with a processor may not flow
├── IncidentOverError          the incident is closed
├── IncidentDatesError         an incident begins before it is noticed, and neither in the future
├── ExtentMissingError         whom an incident concerns has not been computed, or it is nobody
├── LateReasonError            the authority is told after 72 hours, and no reason is given
├── DisclosureOrderedError     the persons concerned are being told already
├── DisclosureCountError       not as many persons are concerned as were confirmed
├── DutiesLeftError            what is owed of an incident has not been done
├── ProposalNotFoundError      there is no such proposal
├── ProposalOverError          a proposal was decided already, or its time is over
├── SamePersonError            who asked for something cannot be the second person
├── CaseNotFoundError          there is no such case
└── CaseOrderError             a step of a case was recorded out of turn
"""


class RetentionError(Exception):
    """Root of the retention service's errors; messages never hold personal data."""


class RuleSetError(RetentionError):
    """The rule set cannot be used; the message names file, line and rule."""


class RuleSetNotFoundError(RetentionError):
    """No rule set with that digest is kept."""


class RulesInForceError(RetentionError):
    """The rule set is in force already."""


class VersionTakenError(RetentionError):
    """The version was adopted with another text: a changed text needs a version of its own."""


class AdoptionOutdatedError(RetentionError):
    """Another version came into force since the rule set was compared."""


class ConfirmationOutdatedError(RetentionError):
    """Not the number of objects that was confirmed would go at once."""

    def __init__(self, goes_at_once: int) -> None:
        super().__init__(goes_at_once)
        self.goes_at_once = goes_at_once


class UnknownSubjectError(RetentionError):
    """Nothing is known of the person."""


class ConfirmationMissingError(RetentionError):
    """Erasure was asked for without confirming it (C8.4)."""


class NothingToEraseError(RetentionError):
    """Everything that may go has gone."""


class HoldNotFoundError(RetentionError):
    """There is no such hold."""


class HoldOverError(RetentionError):
    """The hold has been lifted or has expired."""


class HoldExpiryError(RetentionError):
    """A hold must end, and in the future (C2.11: nothing is kept without end)."""


class ReviewDateError(RetentionError):
    """Every hold is reviewed within twelve months, and in the future."""


class DisclosureError(RetentionError):
    """Whoever has been told of a hold, or may have seen it, cannot be kept from knowing."""


class NarrowingError(RetentionError):
    """A narrowed hold keeps less than before, and something."""


class MatterNotFoundError(RetentionError):
    """There is no such matter."""


class MatterOverError(RetentionError):
    """The matter has been closed."""


class PenetrationTestNotFoundError(RetentionError):
    """There is no such penetration test."""


class FindingNotFoundError(RetentionError):
    """That penetration test found no such thing."""


class PenetrationTestDateError(RetentionError):
    """A test is recorded before it is done, or a finding is due before its test."""


class ProcessorNotFoundError(RetentionError):
    """No such processor works for the controller."""


class ProcessorKnownError(RetentionError):
    """Another processor works under that id."""


class TransferRefusedError(RetentionError):
    """What is to be agreed with a processor may not flow, and why."""

    def __init__(self, flow: str, reason: str) -> None:
        super().__init__(f"{flow}: {reason}")
        self.flow = flow
        self.reason = reason


class IncidentNotFoundError(RetentionError):
    """There is no such incident."""


class IncidentOverError(RetentionError):
    """The incident is closed."""


class IncidentDatesError(RetentionError):
    """An incident begins before it is noticed, and neither lies in the future."""


class ExtentMissingError(RetentionError):
    """Whom the incident concerns has not been computed, or it is nobody."""


class LateReasonError(RetentionError):
    """The authority is told after 72 hours, and no reason is given (GDPR art. 33(1))."""


class DisclosureOrderedError(RetentionError):
    """The persons concerned are being told already, or have been."""


class DisclosureCountError(RetentionError):
    """Not as many persons are concerned as were confirmed."""

    def __init__(self, persons: int) -> None:
        super().__init__(persons)
        self.persons = persons


class DutiesLeftError(RetentionError):
    """Something that is owed because of the incident has not been done."""


class ProposalNotFoundError(RetentionError):
    """There is no such proposal, or none of whoever would act alone."""


class ProposalOverError(RetentionError):
    """The proposal was decided already, or its time is over."""


class SamePersonError(RetentionError):
    """Who asked for something cannot be the second person."""


class CaseNotFoundError(RetentionError):
    """There is no such case."""


class CaseOrderError(RetentionError):
    """A step of a case was recorded out of turn."""


class NotADraftError(RetentionError):
    """The incident is no draft that is to be judged."""
