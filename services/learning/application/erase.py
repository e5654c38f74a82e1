"""The service's part of an erasure: before a history is anonymised, it is counted (C2.6).

Three steps, safe against a crash between any two. The enrolment records, sealed under its own key,
a random token. The module's pool adds the enrolment to its sums and keeps the token, in one write,
so that it counts once however often this runs. The enrolment records that it was added; only then
is the erasure acknowledged and its key destroyed. From then on nothing tells whose the token was.
"""

from functools import partial
from typing import Final

from services.learning.application.disputes import end_disputes
from services.learning.application.handle import Learning, enrolment_stream
from services.learning.application.history import load_history
from services.learning.application.uses import STATISTICS
from services.learning.domain.enrolment.commands import AnonymiseEnrolment, RecordContribution
from services.learning.domain.enrolment.state import EnrolmentState
from services.learning.domain.errors import ModuleNotFoundInCatalogueError
from services.learning.domain.statistics.contribution import contribution_of
from services.learning.domain.statistics.pool import added, confirmed
from services.learning.projections.scopes import objects_of
from shared.erasure import ErasureOrder
from shared.event_store import Metadata
from shared.events.base import SubjectId
from shared.ids import new_id
from shared.personal import Category, Erased, Personal
from shared.vault import KeyId

REACTION: Final = "anonymise"
PATIENCE_SECONDS: Final = 10.0
"""How long a process that has just started may take to hear who objects."""


async def erase(learning: Learning, ordered: ErasureOrder) -> None:
    """Add the ordered enrolments to the statistics when they are to be anonymised.

    Whoever objects to statistics is erased without being counted (C8.3).
    """
    order = ordered.order
    await end_disputes(learning, ordered)
    if order.mode != "anonymised":
        return
    verdict = await learning.choices.last_known(order.subject_id, STATISTICS, PATIENCE_SECONDS)
    if verdict != "allowed":
        # Erased in time all the same, but not counted: also where nobody knows.
        return
    meta = Metadata.caused_by(ordered.envelope, REACTION)
    for enrolment_id in objects_of(order, Category.LEARNING_HISTORY):
        await contribute(learning, order.subject_id, enrolment_id, meta.for_step(enrolment_id))


async def contribute(
    learning: Learning, subject: SubjectId, enrolment_id: str, meta: Metadata
) -> None:
    """Count one enrolment, once; nothing where it has been forgotten or counted already."""
    if await learning.vault.is_closed(KeyId(subject, Category.LEARNING_HISTORY, enrolment_id)):
        return
    stream = enrolment_stream(enrolment_id)
    state, _ = await learning.enrolments.state(stream)
    if state.learner_id != subject or state.contributed:
        return
    command = AnonymiseEnrolment(contribution=Personal(new_id()))
    await learning.enrolments.handle(stream, command, subject=subject, meta=meta)
    state, _ = await learning.enrolments.state(stream)
    contribution = contribution_of(
        state,
        _exercises(learning, state.module_id),
        new_person=await _is_first(learning, subject, state),
    )
    token = state.contribution.reveal() if state.contribution is not None else None
    if contribution is None or token is None or isinstance(token, Erased):
        return
    await learning.pools.change(
        state.module_id, partial(added, token=token, contribution=contribution)
    )
    await learning.enrolments.handle(
        stream, RecordContribution(), subject=subject, meta=meta.for_step("contributed")
    )
    await learning.pools.change(state.module_id, partial(confirmed, token=token))


def _exercises(learning: Learning, module_id: str) -> list[str]:
    """Return the module's exercises in their order; none once it is no longer taught."""
    try:
        return [one.id for one in learning.catalogue.module(module_id).exercises]
    except ModuleNotFoundInCatalogueError:
        return []


async def _is_first(learning: Learning, subject: SubjectId, state: EnrolmentState) -> bool:
    """Whether this is the person's first enrolment in its module.

    It follows from what stands in the store for good, so that of all enrolments of a person in a
    module at most one counts as a person, in whatever order and however often they are ordered.
    """
    person = await load_history(learning, subject)
    same = [
        one.state for one in person.enrolments.values() if one.state.module_id == state.module_id
    ]
    first = min(same, key=lambda one: (str(one.enrolled_at), one.enrolment_id), default=state)
    return first.enrolment_id == state.enrolment_id
