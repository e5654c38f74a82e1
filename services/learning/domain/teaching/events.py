"""What happened to a trainer's assignments, as this service stores it."""

from shared.cohorts import Cohort
from shared.events.base import DomainEvent, Identifier, SubjectId


class TrainerAssigned(DomainEvent):
    """The trainer teaches a cohort of a module from now on, or all who take it (C4.2)."""

    staff_id: SubjectId
    module_id: Identifier
    cohort: Cohort | None = None
    assigned_by: Identifier


class TrainerWithdrawn(DomainEvent):
    """The trainer teaches it no longer, and sees its learners no more."""

    staff_id: SubjectId
    module_id: Identifier
    cohort: Cohort | None = None
    withdrawn_by: Identifier


TeachingEvent = TrainerAssigned | TrainerWithdrawn
