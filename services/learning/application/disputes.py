"""Disputed values: the person marks one as wrong, who may decides, the right one follows (C8.2)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.learning.application.handle import Learning, enrolment_stream, invoice_stream
from services.learning.application.history import fold_history
from services.learning.application.teaching import teaching_of
from services.learning.domain.dispute import Contested
from services.learning.domain.enrolment import commands as enrolment
from services.learning.domain.enrolment import events as e
from services.learning.domain.errors import DisputeNotFoundError
from services.learning.domain.invoice import commands as invoice
from services.learning.domain.invoice import events as i
from services.learning.projections.scopes import objects_of
from shared.archive import StatedReason
from shared.erasure import ErasureOrder
from shared.event_store import Metadata, RecordedEvent
from shared.events.base import SubjectId
from shared.events.disputes import DisputedField, DisputeOutcome
from shared.http.auth import Principal, Role
from shared.personal import Category, Personal
from shared.vault import current_access

ENDED: Final = "end-disputes"
HISTORY: Final = Category.LEARNING_HISTORY


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody says of a value of theirs."""

    about: str
    field: DisputedField
    should_be: str
    why: str
    restricted: bool


@dataclass
class Dispute:
    """A dispute with what was said, and what it came to."""

    dispute_id: str
    object: str
    contested: Contested
    value: str | None
    """What is held; `None` once it is erased, or where there was nothing."""
    should_be: Personal[str]
    why: Personal[str]
    disputed_at: datetime
    outcome: DisputeOutcome | None = None
    reason: Personal[str] | None = None
    settled_at: datetime | None = None
    module_id: str | None = None
    author: str | None = None
    """Who made the assessment that is disputed."""
    archived: bool = False

    @property
    def category(self) -> Category:
        """The compartment it lies in."""
        return Category.PAYMENT if self.contested.field == "billing_name" else HISTORY


async def dispute(
    learning: Learning, learner_id: SubjectId, dispute_id: str, claim: Claim, meta: Metadata
) -> None:
    """Mark a value as wrong.

    Raises:
        DisputeNotFoundError: the learner has no such value.
        LearningError: the domain refuses it.
    """
    recorded = await learning.store.load_subject(learner_id)
    thing, contested = _located(recorded, claim)
    should_be, why, now = Personal(claim.should_be), Personal(claim.why), learning.clock.now()
    if claim.field == "billing_name":
        asked = invoice.DisputeInvoice(learner_id, dispute_id, contested, should_be, why, now)
        await learning.invoices.handle(invoice_stream(thing), asked, subject=learner_id, meta=meta)
        return
    said = enrolment.DisputeEnrolment(learner_id, dispute_id, contested, should_be, why, now)
    await learning.enrolments.handle(enrolment_stream(thing), said, subject=learner_id, meta=meta)


async def disputes_of(
    learning: Learning, learner_id: SubjectId, *, about: str | None = None
) -> list[Dispute]:
    """Return the person's disputes, of one enrolment or invoice alone, the latest first."""
    recorded = await learning.store.load_subject(learner_id)
    person = fold_history(recorded)
    values = {record.id: record for record in recorded}
    found: dict[str, Dispute] = {}
    for record in recorded:
        event = record.event
        if about not in (None, _thing(event)):
            continue
        if isinstance(event, e.EnrolmentDisputed | i.InvoiceDisputed):
            one = _disputed(event, values)
            history = person.enrolments.get(one.object)
            if history is not None:
                one.archived = history.is_archived
                if one.contested.field == "access_until" and history.state.access_until:
                    one.value = history.state.access_until.isoformat()
            found[event.dispute_id] = one
        elif isinstance(event, e.EnrolmentDisputeSettled | i.InvoiceDisputeSettled):
            settled = found[event.dispute_id]
            settled.outcome, settled.reason = event.outcome, event.reason
            settled.settled_at = record.at
    return list(found.values())[::-1]


async def withdraw(
    learning: Learning, learner_id: SubjectId, dispute_id: str, meta: Metadata
) -> None:
    """Take a dispute of one's own back; one that is over stays so.

    Raises:
        DisputeNotFoundError: it is not theirs, or there is none.
    """
    one = _named(await disputes_of(learning, learner_id), dispute_id)
    await _close(learning, learner_id, one.object, dispute_id, "withdrawn", meta)


async def for_staff(
    learning: Learning, who: Principal, thing: str, dispute_id: str
) -> tuple[SubjectId, Dispute]:
    """Return a dispute and whose it is, for who may read what it is about.

    Raises:
        DisputeNotFoundError: there is none, or it lies in another compartment.
    """
    state, _ = await learning.enrolments.state(enrolment_stream(thing))
    learner_id = state.learner_id
    if learner_id is None:
        learner_id = (await learning.invoices.state(invoice_stream(thing)))[0].learner_id
    elif who.role == Role.TRAINER:
        teaching = await teaching_of(learning, who.subject)
        if not teaching.covers(state.module_id, state.enrolled_at):
            raise DisputeNotFoundError
    if learner_id is None:
        raise DisputeNotFoundError
    category = HISTORY if state.learner_id else Category.PAYMENT
    stated = _stated(learning, who, learner_id, category, dispute_id)
    one = _named(await disputes_of(learning, learner_id, about=thing), dispute_id)
    await learning.archive.admit(who, stated, learner_id, (category,))
    if one.archived and who.role == Role.TRAINER:
        raise DisputeNotFoundError
    return learner_id, one


def _stated(
    learning: Learning, who: Principal, learner_id: str, category: Category, dispute_id: str
) -> StatedReason | None:
    """Let pass whose compartment it is; the officer reads because the person asks for it."""
    if (category is HISTORY) is (who.role == Role.BILLING):
        raise DisputeNotFoundError
    stated = None
    if who.role == Role.DPO:
        stated = StatedReason("rights_request", dispute_id)
        if (access := current_access()) is not None:
            access.stated = (stated.reason, stated.reference)
    elif learning.choices.restricts(learner_id, category):
        raise DisputeNotFoundError
    return stated


async def settle(
    learning: Learning,
    who: Principal,
    found: tuple[SubjectId, Dispute],
    right: str | None,
    reason: str | None,
    meta: Metadata,
) -> None:
    """Decide: hold `right` from now on, or refuse with `reason`.

    Raises:
        LearningError: the domain refuses it.
    """
    learner_id, one = found
    held = None if right is None else Personal(right)
    why = None if reason is None else Personal(reason)
    if one.contested.field == "billing_name":
        command = invoice.SettleInvoiceDispute(one.dispute_id, who.subject, who.role, held, why)
        await learning.invoices.handle(
            invoice_stream(one.object), command, subject=learner_id, meta=meta
        )
        return
    decided = enrolment.SettleEnrolmentDispute(
        one.dispute_id,
        enrolment.StaffActor(who.subject, who.role),
        held,
        why,
        archived=one.archived,
        author=one.author == who.subject,
    )
    await learning.enrolments.handle(
        enrolment_stream(one.object), decided, subject=learner_id, meta=meta
    )


async def end_disputes(learning: Learning, ordered: ErasureOrder) -> None:
    """End what is open about values that go; the queue knows of which there is any."""
    order = ordered.order
    meta = Metadata.caused_by(ordered.envelope, ENDED)
    for category in (HISTORY, Category.PAYMENT):
        for thing in objects_of(order, category):
            for one in (await learning.dispute_list.get(thing) or {}).get("open", ()):
                dispute_id = one["dispute_id"]
                step = meta.for_step(dispute_id)
                await _close(learning, order.subject_id, thing, dispute_id, "erased", step)


async def _close(
    learning: Learning,
    learner_id: SubjectId,
    thing: str,
    dispute_id: str,
    outcome: enrolment.Ending,
    meta: Metadata,
) -> None:
    state, _ = await learning.enrolments.state(enrolment_stream(thing))
    if dispute_id in state.contested:
        over = enrolment.CloseEnrolmentDispute(dispute_id, outcome)
        await learning.enrolments.handle(
            enrolment_stream(thing), over, subject=learner_id, meta=meta
        )
        return
    bill, _ = await learning.invoices.state(invoice_stream(thing))
    if dispute_id in bill.contested:
        ended = invoice.CloseInvoiceDispute(dispute_id, outcome)
        await learning.invoices.handle(invoice_stream(thing), ended, subject=learner_id, meta=meta)


def _located(recorded: list[RecordedEvent], claim: Claim) -> tuple[str, Contested]:
    """Return which value of which enrolment or invoice a claim is about."""
    answers: dict[tuple[str, str], int] = {}
    decisions: dict[str, int] = {}
    for record in recorded:
        event, here = record.event, record.id == claim.about
        exercise: str | None = None
        number = 1
        match event:
            case e.CourseEnrolled(enrolment_id=thing):
                here, fits = claim.about == thing, "access_until"
            case e.ExerciseAnswered(enrolment_id=thing, exercise_id=exercise):
                number = answers[thing, exercise] = answers.get((thing, exercise), 0) + 1
                fits = "score"
            case e.ScoreCorrected(enrolment_id=thing, exercise_id=exercise, number=number):
                fits = "score"
            case (
                e.CertificationGranted(enrolment_id=thing)
                | e.CertificationRefused(enrolment_id=thing)
            ):
                number = decisions[thing] = decisions.get(thing, 0) + 1
                fits = "comment"
            case e.CommentCorrected(enrolment_id=thing, number=number):
                fits = "comment"
            case i.InvoiceIssued(invoice_id=thing) | i.RecipientCorrected(invoice_id=thing):
                fits = "billing_name"
            case _:
                continue
        if here and fits == claim.field:
            return thing, Contested(claim.field, claim.about, number, exercise, claim.restricted)
    raise DisputeNotFoundError


def _disputed(
    event: e.EnrolmentDisputed | i.InvoiceDisputed, values: dict[str, RecordedEvent]
) -> Dispute:
    if isinstance(event, i.InvoiceDisputed):
        contested = Contested("billing_name", event.about, restricted=event.restricted)
        thing, module_id = event.invoice_id, None
    else:
        contested = Contested(
            event.field, event.about, event.number, event.exercise_id, event.restricted
        )
        thing, module_id = event.enrolment_id, event.module_id
    holding = values.get(event.about)
    value = None if holding is None else getattr(holding.event, contested.field, None)
    return Dispute(
        event.dispute_id,
        thing,
        contested,
        value.text("") or None if isinstance(value, Personal) else None,
        event.should_be,
        event.why,
        event.disputed_at,
        module_id=module_id,
        author=None if holding is None else getattr(holding.event, "staff_id", None),
    )


def _thing(event: object) -> str | None:
    """Return the enrolment or invoice that an event is about."""
    return getattr(event, "enrolment_id", None) or getattr(event, "invoice_id", None)


def _named(disputes: list[Dispute], dispute_id: str) -> Dispute:
    for one in disputes:
        if one.dispute_id == dispute_id:
            return one
    raise DisputeNotFoundError
