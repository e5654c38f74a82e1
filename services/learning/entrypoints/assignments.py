"""Who teaches whom: an administrator assigns, the trainer sees what is theirs (C4.2)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from services.learning.application.handle import Learning, teaching_stream
from services.learning.application.teaching import require_colleague, teaching_of
from services.learning.domain.catalogue.text import Language
from services.learning.domain.teaching.commands import AssignTrainer, WithdrawTrainer
from services.learning.domain.teaching.state import Group
from services.learning.entrypoints.asking import In, Items
from shared.cohorts import Cohort
from shared.event_store import Metadata
from shared.events.base import Identifier, SubjectId
from shared.http.auth import Caller, Role
from shared.http.idempotency import Once


class AssignmentBody(BaseModel):
    """Whose group it is, or was; without a cohort everybody who takes the module."""

    staff_id: Identifier
    module_id: Identifier
    cohort: Cohort | None = None


class GroupView(BaseModel):
    """A group of learners: one cohort of a module, or all who take it."""

    module_id: str
    title: str
    cohort: str | None


class AssignedView(GroupView):
    """A trainer's group, since when, and by whom."""

    assigned_by: str
    assigned_at: datetime


class TrainerView(BaseModel):
    """A trainer with their groups."""

    staff_id: str
    groups: list[AssignedView]


def assignments_router(learning: Learning) -> APIRouter:
    """Return the routes about who teaches whom."""
    router = APIRouter(tags=["assignments"])

    @router.get("/teaching")
    async def trainers(language: In) -> Items[TrainerView]:
        """List the trainers and what each teaches."""
        query = {"role": str(Role.TRAINER), "departed": {"$ne": True}}
        found = [one async for one in learning.staff_list.each(query)]
        return Items(items=[_trainer(learning, one, language) for one in found])

    @router.post("/teaching", status_code=201)
    async def assign(body: AssignmentBody, who: Caller, once: Once, language: In) -> GroupView:
        """Let a trainer teach a group, and see its learners."""
        learning.catalogue.module(body.module_id)
        await require_colleague(learning, body.staff_id, Role.TRAINER)
        staff_id, group = SubjectId(body.staff_id), Group(body.module_id, body.cohort)
        await learning.teaching.handle(
            teaching_stream(staff_id),
            AssignTrainer(staff_id, group, who.subject),
            subject=staff_id,
            meta=Metadata.by(who, once),
        )
        (view,) = group_views(learning, [group], language)
        return view

    @router.post("/teaching/withdrawals", status_code=204)
    async def withdraw(body: AssignmentBody, who: Caller, once: Once) -> None:
        """Take a group back: its learners are no longer shown to the trainer."""
        staff_id = SubjectId(body.staff_id)
        await learning.teaching.handle(
            teaching_stream(staff_id),
            WithdrawTrainer(Group(body.module_id, body.cohort), who.subject),
            subject=staff_id,
            meta=Metadata.by(who, once),
        )

    @router.get("/teaching/own")
    async def own(who: Caller, language: In) -> Items[GroupView]:
        """List the groups that the caller teaches."""
        teaching = await teaching_of(learning, who.subject)
        return Items(items=group_views(learning, teaching.groups, language))

    return router


def group_views(learning: Learning, groups: Iterable[Group], language: Language) -> list[GroupView]:
    """Return `groups` with the titles of their modules."""
    return [
        GroupView(
            module_id=one.module_id,
            title=learning.catalogue.module(one.module_id).title.to(language),
            cohort=one.cohort,
        )
        for one in groups
    ]


def _trainer(learning: Learning, document: dict[str, Any], language: Language) -> TrainerView:
    groups = [
        AssignedView(
            **view.model_dump(), assigned_by=one["assigned_by"], assigned_at=one["assigned_at"]
        )
        for one in document["teaches"]
        for view in group_views(learning, [Group(one["module_id"], one["cohort"])], language)
    ]
    return TrainerView(staff_id=document["_id"], groups=groups)
