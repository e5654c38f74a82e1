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
    version = 2
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
            case AuthenticatorsChanged(holder="staff"):
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
            case AuthenticatorsChanged() as event if document is not None:
                return {**document, **_authenticators(event)}
            case ErasureOrdered():
                return None
            case _:
                return document


def _trained(document: Document | None) -> Document:
    """Return what is known of the yearly training before."""
    return (document or {}).get("training") or {}


def _authenticators(event: AuthenticatorsChanged) -> Document:
    """Return whether there is something to reset, and a reset that somebody else may confirm."""
    match event.change:
        case "reset_asked":
            return {"reset_asked_by": event.by, "reset_until": event.until}
        case "reset":
            return {"enrolled": False, "reset_asked_by": None, "reset_until": None}
        case "totp_added" | "passkey_added":
            return {"enrolled": True}
        case _:
            # Staff always keep one (C7.3).
            return {}
