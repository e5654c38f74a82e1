"""Whom messages may reach: folded from the facts of identity, consent and retention."""

from collections.abc import Iterable
from typing import Any, Final

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection, sealed_json
from shared.database import Document, IndexModel
from shared.events import consent, identity, retention
from shared.events.base import PublicEvent
from shared.personal import WHOLE, Category

FOLDED: Final[tuple[type[PublicEvent], ...]] = (
    identity.LearnerRegistered,
    identity.EmailConfirmationRequested,
    identity.GuardianAgreementRequested,
    identity.EmailConfirmed,
    identity.LearnerRectified,
    identity.ZoneChosen,
    identity.PasswordRecoveryRequested,
    identity.PasswordChanged,
    identity.EmailChangeRequested,
    identity.EmailChanged,
    identity.EmailChangeStopped,
    identity.AuthenticatorsChanged,
    identity.AccountBlocked,
    identity.GuardianAgreementGranted,
    identity.GuardianAskedAgain,
    identity.GuardianAgreementEnded,
    identity.MinorityEnded,
    identity.StaffAppointed,
    identity.StaffDeparted,
    identity.AccountClosed,
    identity.ProspectContacted,
    identity.ProspectConverted,
    consent.ConsentGranted,
    consent.ConsentWithdrawn,
    retention.ArchiveEntered,
    retention.ArchiveLeft,
    retention.ErasureOrdered,
    retention.KeyDestroyed,
)
"""Events the model has taken in, in their stream's order, once it has seen a later one."""

ADDRESS_CATEGORIES: Final = frozenset({Category.CONTACT, Category.PROSPECT})


class Recipients(Projection):
    """One document for each person: sealed address, first name and zone, language, consents, state.

    An erasure order marks the document at once, so that nothing more is sent; the sealed values go
    with their keys, since the last notice to the person still needs the address. An address that a
    hold keeps stays for as long, so that the person can be told of the hold (C6.2).
    """

    name = "recipients"
    version = 6
    topics = ("identity.events", "consent.events", "retention.events")
    indexes = (
        IndexModel([("consents", 1), ("_id", 1)]),
        IndexModel([("confirmed", 1), ("_id", 1)]),
    )

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the person the event is about."""
        return [envelope.subject] if isinstance(envelope.data, FOLDED) else []

    def fold(  # noqa: C901 - one case an event
        self, document: Document | None, envelope: Envelope
    ) -> Document | None:
        """Return the recipient after `envelope`."""
        known = _blank(envelope) if document is None else document
        match envelope.data:
            case identity.LearnerRegistered() as event:
                return {
                    **known,
                    "email": sealed_json(event.email),
                    "first_name": sealed_json(event.first_name),
                    "language": event.language,
                    "address_since": envelope.time,
                    "recorded_at": envelope.time,
                }
            case identity.ProspectContacted() as event:
                return {
                    **known,
                    "email": sealed_json(event.email),
                    "first_name": sealed_json(event.name),
                    "language": event.language,
                    "address_since": envelope.time,
                    "recorded_at": envelope.time,
                }
            case identity.LearnerRectified() as event:
                return {**known, **_rectified(event)}
            case identity.ZoneChosen(zone=zone):
                return {**known, "zone": sealed_json(zone)}
            case identity.EmailChanged(email=email):
                since = {"address_since": envelope.time}
                return {**known, "email": sealed_json(email), **since}
            case identity.EmailChangeStopped(email=email) if email is not None:
                since = {"address_since": envelope.time}
                return {**known, "email": sealed_json(email), **since}
            case identity.EmailConfirmed():
                return {**known, "confirmed": True}
            case identity.AccountBlocked():
                return {**known, "blocked": True}
            case identity.GuardianAgreementGranted() | identity.MinorityEnded():
                return {**known, "blocked": False}
            case identity.StaffAppointed() as event:
                return {
                    **known,
                    "email": sealed_json(event.email),
                    "first_name": sealed_json(event.name),
                    "language": event.language,
                    "recorded_at": envelope.time,
                }
            case identity.StaffDeparted():
                # What is kept of staff for a time is not written to.
                return {**known, "closed": True, "email": None, "first_name": None}
            case identity.AccountClosed() | identity.ProspectConverted():
                return {**known, "closed": True}
            case consent.ConsentGranted(purpose=purpose):
                return {**known, "consents": sorted({*known["consents"], purpose})}
            case consent.ConsentWithdrawn(purpose=purpose):
                return {**known, "consents": [p for p in known["consents"] if p != purpose]}
            case retention.ArchiveEntered():
                return {**known, "archived": True}
            case retention.ArchiveLeft():
                return {**known, "archived": False}
            case retention.ErasureOrdered() as order:
                return None if document is None else _ordered(document, order)
            case retention.KeyDestroyed() as destroyed:
                return None if document is None else _destroyed(document, destroyed)
            case _:
                return document


def _blank(envelope: Envelope) -> Document:
    return {
        "email": None,
        "first_name": None,
        "language": "fr",
        "zone": None,
        "consents": [],
        "confirmed": False,
        "blocked": False,
        "closed": False,
        "archived": False,
        "erased": False,
        "closing_case": None,
        "address_since": None,
        "recorded_at": envelope.time,
    }


def _rectified(event: identity.LearnerRectified) -> dict[str, Any]:
    corrected: dict[str, Any] = {}
    if event.first_name is not None:
        corrected["first_name"] = sealed_json(event.first_name)
    if event.language is not None:
        corrected["language"] = event.language
    return corrected


def _ordered(document: Document, order: retention.ErasureOrdered) -> Document | None:
    address_goes = any(
        scope.category in ADDRESS_CATEGORIES and scope.object == WHOLE for scope in order.scopes
    )
    if any(scope.category is Category.STAFF for scope in order.scopes):
        return None
    if order.closes_account:
        return {**document, "erased": True, "consents": [], "closing_case": order.case_id}
    return {**document, "erased": True} if address_goes else document


def _destroyed(document: Document, destroyed: retention.KeyDestroyed) -> Document | None:
    match destroyed.category:
        case Category.CONTACT:
            left = {**document, "email": None}
        case Category.CIVIL_IDENTITY:
            left = {**document, "first_name": None, "zone": None}
        case Category.PROSPECT:
            left = {**document, "email": None, "first_name": None}
        case _:
            left = document
    over = left["closing_case"] is not None and left["email"] is None
    return None if over else left
