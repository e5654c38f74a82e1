"""The list of staff for the administrator: names sealed."""

from collections.abc import Iterable

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection, sealed_json
from shared.database import Document
from shared.events.identity import (
    AuthenticatorsChanged,
    StaffAppointed,
    StaffConfirmed,
    StaffDeparted,
    StaffProviderInvited,
    StaffProviderLinked,
    StaffTrainingRecorded,
    StaffTrainingReminded,
)
from shared.events.retention import ErasureOrdered
from shared.personal import Category


class StaffList(Projection):
    """One document a member of staff."""

    name = "staff"
    topics = ("identity.events", "retention.events")

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the member's id."""
        match envelope.data:
            case (
                StaffAppointed()
                | StaffConfirmed()
                | StaffDeparted()
                | StaffProviderInvited()
                | StaffProviderLinked()
                | StaffTrainingReminded()
                | StaffTrainingRecorded()
            ):
                return [envelope.subject]
            case AuthenticatorsChanged(holder="staff", change="reset_asked" | "reset"):
                return [envelope.subject]
            case ErasureOrdered(scopes=scopes):
                about_staff = any(s.category is Category.STAFF for s in scopes)
                return [envelope.subject] if about_staff else []
            case _:
                return []

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the member after `envelope`."""
        match envelope.data:
            case StaffAppointed() as event:
                return {
                    "name": sealed_json(event.name),
                    "email": sealed_json(event.email),
                    "role": event.role,
                    "appointed_at": envelope.time,
                    "departed": False,
                    "expires_at": event.expires_at,
                    "awaits_confirmation": event.awaits_confirmation,
                }
            case StaffConfirmed():
                return {**(document or {}), "awaits_confirmation": False}
            case StaffProviderInvited() as event:
                return {**(document or {}), "invited_until": event.until, "linked": False}
            case StaffProviderLinked():
                return {**(document or {}), "invited_until": None, "linked": True}
            case StaffTrainingReminded() as event:
                asked = {"due_at": event.due_at, "suspends_at": event.suspends_at}
                return {**(document or {}), "training": {**_trained(document), **asked}}
            case StaffTrainingRecorded() as event:
                done = {
                    "programme": event.programme,
                    "done_on": event.done_on.isoformat(),
                    "recorded_by": event.recorded_by,
                    "due_at": event.due_at,
                    "suspends_at": None,
                }
                return {**(document or {}), "training": done}
            case StaffDeparted():
                return {**(document or {}), "departed": True}
            case AuthenticatorsChanged(change=change) if document is not None:
                return {**document, "reset_asked": change == "reset_asked"}
            case ErasureOrdered():
                return None
            case _:
                return document


def _trained(document: Document | None) -> Document:
    """Return what is known of the yearly training before."""
    return (document or {}).get("training") or {}
