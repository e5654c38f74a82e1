"""The service's part of an erasure: before a history is anonymised, its figures are saved (C2.6).

Two appends, safe against a crash between them: the enrolment first records, sealed under its own
key, a random id; the statistics then take the figures under that id as command id, so that they
count once however often this runs. Destroying the enrolment's key destroys the link: from then on
nothing that is stored tells whose figures they were.
"""

from typing import Final

from services.learning.application.handle import Learning, enrolment_stream, statistics_stream
from services.learning.domain.enrolment.commands import AnonymiseEnrolment
from services.learning.domain.statistics.decide import figures_of
from services.learning.projections.scopes import objects_of
from shared.erasure import ErasureOrder
from shared.event_store import Metadata
from shared.events.base import SubjectId
from shared.ids import new_id
from shared.personal import Category, Erased, Personal
from shared.vault import KeyId

NOBODY: Final = SubjectId("statistics")
"""Statistics are about nobody; their streams carry this in place of a person."""

REACTION: Final = "anonymise"


async def erase(learning: Learning, ordered: ErasureOrder) -> None:
    """Fold the ordered enrolments into statistics when they are to be anonymised."""
    order = ordered.order
    if order.mode != "anonymised":
        return
    meta = Metadata.caused_by(ordered.envelope, REACTION)
    for enrolment_id in objects_of(order, Category.LEARNING_HISTORY):
        await contribute(learning, order.subject_id, enrolment_id, meta.for_step(enrolment_id))


async def contribute(
    learning: Learning, subject: SubjectId, enrolment_id: str, meta: Metadata
) -> None:
    """Save the figures of one enrolment, once; nothing where it has been forgotten already."""
    if await learning.vault.is_closed(KeyId(subject, Category.LEARNING_HISTORY, enrolment_id)):
        return
    stream = enrolment_stream(enrolment_id)
    state, _ = await learning.enrolments.state(stream)
    if state.learner_id != subject:
        return
    command = AnonymiseEnrolment(contribution=Personal(new_id()))
    await learning.enrolments.handle(stream, command, subject=subject, meta=meta)
    state, _ = await learning.enrolments.state(stream)
    figures = figures_of(state)
    link = state.contribution.reveal() if state.contribution is not None else None
    if figures is None or link is None or isinstance(link, Erased):
        return
    await learning.statistics.handle(
        statistics_stream(figures.module_id),
        figures,
        subject=NOBODY,
        meta=Metadata.system("anonymisation", command_id=f"contribution:{link}"),
    )
