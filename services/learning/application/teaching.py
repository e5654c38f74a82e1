"""Whom a trainer teaches, asked before anything about a learner is shown or recorded (C4.2)."""

from typing import Any

from services.learning.application.handle import Learning, teaching_stream
from services.learning.application.history import load_history
from services.learning.domain.errors import ColleagueNotFoundError, LearnerNotFoundError
from services.learning.domain.teaching.state import Group, Teaching
from services.learning.projections.learners import group_key
from shared.events.base import SubjectId
from shared.http.auth import Role


async def teaching_of(learning: Learning, staff_id: str) -> Teaching:
    """Return what the trainer teaches as of now: an assignment taken back counts at once."""
    state, _version = await learning.teaching.state(teaching_stream(staff_id))
    return state


async def require_taught(learning: Learning, teaching: Teaching, learner_id: str) -> None:
    """Let pass whoever teaches the learner.

    Raises:
        LearnerNotFoundError: nobody of that id is taught, whether or not such a learner exists.
    """
    taken = await learning.enrolment_list.find({"learner_id": learner_id}, limit=MANY)
    if any(teaching.covers(one["module_id"], one["enrolled_at"]) for one in taken):
        return
    # The list may not have come to an enrolment of this very moment.
    person = await load_history(learning, SubjectId(learner_id))
    states = [one.state for one in person.enrolments.values()]
    if not any(teaching.covers(one.module_id, one.enrolled_at) for one in states):
        raise LearnerNotFoundError


def learners_of(teaching: Teaching) -> dict[str, Any]:
    """Return the query for the documents of `learners` whom a trainer teaches."""
    return {"groups": {"$in": [group_key(group) for group in teaching.groups]}}


def enrolments_of(teaching: Teaching) -> dict[str, Any]:
    """Return the query for the documents of `enrolments` that a trainer teaches."""
    return {"$or": [_in(group) for group in teaching.groups]}


async def require_colleague(learning: Learning, staff_id: str, role: Role) -> None:
    """Let pass where `staff_id` has `role` now.

    Raises:
        ColleagueNotFoundError: nobody of that id has it, or not any more.
    """
    known = await learning.staff_list.get(staff_id) or {}
    if known.get("role") != role or known.get("departed") or known.get("awaits_confirmation"):
        raise ColleagueNotFoundError


def _in(group: Group) -> dict[str, Any]:
    query: dict[str, Any] = {"module_id": group.module_id}
    return query if group.cohort is None else {**query, "cohort": group.cohort}


MANY = 1000
"""More enrolments than one person has."""
