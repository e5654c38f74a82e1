"""Read model `learners`: who may enrol, and the names that trainers see. Names stay sealed.

One document a learner: `first_name`, `last_name` (sealed), `language`, `minor`, `confirmed`,
`guardian_agreed`, `blocked`, `closed`, `archived`, `registered_at`; `courses`, the module and
cohort of each enrolment by its id, and `groups`, the keys of the groups they belong to.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from services.learning.domain.teaching.state import Group
from services.learning.projections.scopes import covers, objects_of
from shared.cohorts import cohort_of
from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection, sealed_json
from shared.database import Document, IndexModel
from shared.events.base import PublicEvent
from shared.events.identity import (
    AccountBlocked,
    AccountClosed,
    EmailConfirmed,
    GuardianAgreementGranted,
    LearnerRectified,
    LearnerRegistered,
    MinorityEnded,
    MinorityEstablished,
)
from shared.events.learning import CourseEnrolled
from shared.events.retention import ArchiveEntered, ArchiveLeft, ErasureOrdered
from shared.personal import Category

STANDING: Final[Mapping[type[PublicEvent], Document]] = {
    EmailConfirmed: {"confirmed": True},
    GuardianAgreementGranted: {"guardian_agreed": True, "blocked": False},
    AccountBlocked: {"guardian_agreed": False, "blocked": True},
    MinorityEstablished: {"minor": True},
    MinorityEnded: {"minor": False, "blocked": False},
    AccountClosed: {"closed": True},
    ArchiveEntered: {"archived": True},
    ArchiveLeft: {"archived": False},
}
"""What each event about the account's standing sets in the learner's document."""


class Learners(Projection):
    """Accounts as the learning service needs them."""

    name = "learners"
    version = 3
    topics = ("identity.events", "learning.events", "retention.events")
    indexes = (IndexModel([("registered_at", 1)]), IndexModel([("groups", 1)]))

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Concern the learner; an erasure only when it takes the civil identity or a history."""
        match envelope.data:
            case ErasureOrdered() as order:
                return [order.subject_id] if _concerns(order) else []
            case LearnerRegistered() | LearnerRectified() | CourseEnrolled():
                return [envelope.subject]
            case event:
                return [envelope.subject] if type(event) in STANDING else []

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the learner's document after `envelope`."""
        match envelope.data:
            case LearnerRegistered() as event:
                registered: Document = {
                    "first_name": sealed_json(event.first_name),
                    "last_name": sealed_json(event.last_name),
                    "language": event.language,
                    "minor": event.minor,
                    "registered_at": envelope.time,
                }
                # Retention's topic may have been quicker than identity's.
                return {**registered, **(document or {})}
            case LearnerRectified() as event:
                corrected: Document = {
                    "first_name": sealed_json(event.first_name),
                    "last_name": sealed_json(event.last_name),
                    "language": event.language,
                }
                given = {name: value for name, value in corrected.items() if value is not None}
                return {**(document or {}), **given}
            case CourseEnrolled() as event:
                group = [event.module_id, cohort_of(envelope.time)]
                taken = (document or {}).get("courses", {})
                return _taking(document or {}, {**taken, event.enrolment_id: group})
            case ErasureOrdered() as order:
                if covers(order, Category.CIVIL_IDENTITY) or document is None:
                    return None
                gone = set(objects_of(order, Category.LEARNING_HISTORY))
                taken = document.get("courses", {})
                return _taking(document, {k: v for k, v in taken.items() if k not in gone})
            case event:
                return {**(document or {}), **STANDING[type(event)]}


def group_key(group: Group) -> str:
    """Return how `groups` of a learner's document names `group`."""
    return f"{group.module_id}/{group.cohort or '*'}"


def _taking(document: Document, courses: Mapping[str, list[str]]) -> Document:
    groups = {
        group_key(group)
        for module_id, cohort in courses.values()
        for group in (Group(module_id), Group(module_id, cohort))
    }
    return {**document, "courses": dict(courses), "groups": sorted(groups)}


def _concerns(order: ErasureOrdered) -> bool:
    return covers(order, Category.CIVIL_IDENTITY) or bool(
        objects_of(order, Category.LEARNING_HISTORY)
    )
