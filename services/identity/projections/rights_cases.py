"""Rights cases as the officer and the person see them; no personal value, and in the end nobody."""

from collections.abc import Iterable
from typing import ClassVar

from services.identity.domain.rights_case.terms import next_reminder
from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document, IndexModel
from shared.events import identity as e
from shared.events.retention import ErasureOrdered
from shared.personal import Category

ABOUT_CASES = (
    e.RightsCaseOpened,
    e.RightsCaseIdentityConfirmed,
    e.RightsCaseAcknowledged,
    e.RightsCaseAssigned,
    e.RightsCaseExtended,
    e.RightsCaseReminded,
    e.RightsCaseClosed,
    e.RightsCaseConfirmationResent,
    e.RightsCaseUndone,
    e.RightsCaseRecipientsNamed,
    e.RightsCaseRecipientTold,
    e.RightsCaseForgotten,
)


class RightsCaseList(Projection):
    """One document a case; with the exchange it forgets whose it was, and stays as a figure."""

    name = "rights_cases"
    version = 2
    topics = ("identity.events", "retention.events")
    indexes: ClassVar[tuple[IndexModel, ...]] = (
        IndexModel([("subject_id", 1), ("received_at", -1)]),
        IndexModel([("outcome", 1), ("due_at", 1)]),
        IndexModel([("look_at", 1)]),
        IndexModel([("kind", 1), ("outcome", 1)]),
    )

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the ids of the cases that `envelope` concerns."""
        match envelope.data:
            case ErasureOrdered(scopes=scopes):
                return [s.object for s in scopes if s.category is Category.SUPPORT]
            case event if isinstance(event, ABOUT_CASES):
                return [event.case_id]
            case _:
                return []

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:  # noqa: C901 - one case an event
        """Return the case after `envelope`."""
        at = envelope.time
        match envelope.data:
            case e.RightsCaseOpened() as event:
                opened = event.model_dump(exclude={"case_id"})
                return _timed({**opened, **_BLANK, "extended": event.extended})
            case ErasureOrdered() if document is not None:
                return {**document, "subject_id": None, "assignee": None}
            case e.RightsCaseIdentityConfirmed(how=how) if document is not None:
                return {**document, "identity": how}
            case e.RightsCaseAcknowledged() if document is not None:
                return {**document, "acknowledged_at": at}
            case e.RightsCaseAssigned(assignee=assignee) if document is not None:
                return {**document, "assignee": assignee}
            case e.RightsCaseExtended(reason=reason, due_at=due) if document is not None:
                new = {"extended": reason, "due_at": due, "reminded": None}
                return _timed({**document, **new})
            case e.RightsCaseReminded(stage=stage) if document is not None:
                return _timed({**document, "reminded": stage})
            case e.RightsCaseClosed() as event if document is not None:
                end = {"outcome": event.outcome, "in_time": event.in_time, "closed_at": at}
                return _timed({**document, **end})
            case e.RightsCaseConfirmationResent(sent_at=sent_at) if document is not None:
                return {**document, "resent": document["resent"] + 1, "resent_at": sent_at}
            case e.RightsCaseUndone() if document is not None:
                return {**document, "undone_at": at}
            case e.RightsCaseRecipientsNamed(recipients=recipients) if document is not None:
                named = [{**one.model_dump(), "told_at": None} for one in recipients]
                return {**document, "recipients": named}
            case e.RightsCaseRecipientTold(recipient=told) if document is not None:
                marked = [
                    {**one, "told_at": at} if one["recipient"] == told else one
                    for one in document["recipients"]
                ]
                return {**document, "recipients": marked}
            case e.RightsCaseForgotten() if document is not None:
                return {**document, "subject_id": None, "assignee": None}
            case _:
                return document


_BLANK: Document = {
    "identity": None,
    "acknowledged_at": None,
    "assignee": None,
    "reminded": None,
    "outcome": None,
    "in_time": None,
    "closed_at": None,
    "resent": 0,
    "resent_at": None,
    "undone_at": None,
    "recipients": [],
}


def _timed(document: Document) -> Document:
    """Return `document` with when it is to be looked at next."""
    look_at = None
    if document["outcome"] is None:
        look_at = next_reminder(document["received_at"], document["due_at"], document["reminded"])
    return {**document, "look_at": look_at}
