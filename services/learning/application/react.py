"""What foreign facts, and one of our own, lead to here."""

from functools import partial

from services.learning.application.handle import Learning, enrolment_stream, teaching_stream
from services.learning.application.held import held_values_of
from services.learning.application.history import load_history
from services.learning.application.invoicing import issue_invoice
from services.learning.application.keeping import release_recordings
from services.learning.application.seats import OF_SEATS, seat
from services.learning.domain.enrolment.commands import EndEnrolment
from services.learning.domain.errors import LearnerNotFoundError
from services.learning.domain.teaching.commands import EndTeaching
from shared.consuming.envelope import Envelope
from shared.consuming.reactions import PermanentFailureError, Reaction
from shared.disclosures.contribute import contributes
from shared.event_store import Metadata
from shared.events.consent import ConsentWithdrawn
from shared.events.identity import AccountClosed, StaffDeparted
from shared.events.learning import CourseEnrolled


def reactions(learning: Learning) -> list[Reaction]:
    """Return the service's reactions."""
    return [
        Reaction(
            "end-enrolments",
            ("identity.events",),
            {AccountClosed: partial(end_enrolments, learning)},
        ),
        Reaction(
            "end-teaching",
            ("identity.events",),
            {StaffDeparted: partial(end_teaching, learning)},
        ),
        Reaction("seats", ("learning.events",), dict.fromkeys(OF_SEATS, partial(seat, learning))),
        Reaction(
            "complete-enrolment",
            ("learning.events",),
            {CourseEnrolled: partial(complete_enrolment, learning)},
        ),
        Reaction(
            "release-recordings",
            ("consent.events",),
            {ConsentWithdrawn: partial(release_recordings, learning)},
        ),
        contributes("learning", learning.store, learning.clock, partial(held_values_of, learning)),
    ]


async def end_enrolments(learning: Learning, envelope: Envelope) -> None:
    """End every running contract of the closed account."""
    if not isinstance(envelope.data, AccountClosed):
        raise PermanentFailureError(envelope.type)
    learner_id = envelope.data.learner_id
    now = learning.clock.now()
    meta = Metadata.caused_by(envelope, "end-enrolments")
    person = await load_history(learning, learner_id)
    for enrolment_id, one in person.enrolments.items():
        if one.state.is_running(now):
            await learning.enrolments.handle(
                enrolment_stream(enrolment_id),
                EndEnrolment(learner_id, "account_closed", now),
                subject=learner_id,
                meta=meta.for_step(enrolment_id),
            )


async def end_teaching(learning: Learning, envelope: Envelope) -> None:
    """Take every group back from a trainer who has left."""
    if not isinstance(envelope.data, StaffDeparted):
        raise PermanentFailureError(envelope.type)
    staff_id = envelope.data.staff_id
    await learning.teaching.handle(
        teaching_stream(staff_id),
        EndTeaching("system"),
        subject=staff_id,
        meta=Metadata.caused_by(envelope, "end-teaching"),
    )


async def complete_enrolment(learning: Learning, envelope: Envelope) -> None:
    """Issue the invoice of an enrolment whose request was cut short before it could."""
    event = envelope.data
    if not isinstance(event, CourseEnrolled):
        raise PermanentFailureError(envelope.type)
    try:
        await issue_invoice(
            learning,
            learner_id=event.learner_id,
            enrolment_id=event.enrolment_id,
            module_id=event.module_id,
            meta=Metadata.caused_by(envelope, "complete-enrolment"),
        )
    except LearnerNotFoundError as error:
        raise PermanentFailureError("nobody to invoice") from error
