"""Read models of official demands: the officer's register, parts to hand over, what was told.

`demands`: one document a demand, of codes, dates and opaque ids. Whose data it asks for stands in
it only while something is prepared, so that an erasure finds it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Final

from services.identity.domain.demand.decide import KEPT_FOR
from services.identity.domain.demand.terms import next_reminder
from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection, sealed_json
from shared.database import Document, IndexModel
from shared.events import identity as e
from shared.events.demands import CONTRIBUTORS, DisclosurePartComposed
from shared.topics import events_topic

OF_DEMANDS = (
    e.DemandRegistered,
    e.DemandChecked,
    e.DemandContested,
    e.DemandContestSettled,
    e.DemandSecrecyChanged,
    e.DisclosureRequested,
    e.DisclosureApproved,
    e.DisclosureEnded,
    e.DemandReminded,
    e.DemandClosed,
    e.DemandTold,
)
_NOTHING_PREPARED: Final[Document] = {
    "disclosure_id": None,
    "prepared_at": None,
    "approved": False,
    "persons": [],
    "categories": [],
}


class DemandList(Projection):
    """One document a demand."""

    name = "demands"
    topics = ("identity.events",)
    indexes: ClassVar[tuple[IndexModel, ...]] = (
        IndexModel([("received_at", -1)]),
        IndexModel([("look_at", 1)]),
        IndexModel([("kind", 1), ("year", 1), ("outcome", 1)]),
        IndexModel([("persons", 1)]),
    )

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the id of the demand: it stands in the place of a person."""
        event = envelope.data
        return (event.subject_id,) if isinstance(event, OF_DEMANDS) else ()

    def fold(  # noqa: C901 - one case an event
        self, document: Document | None, envelope: Envelope
    ) -> Document | None:
        """Return the demand after `envelope`."""
        at = envelope.time
        match envelope.data:
            case e.DemandRegistered() as event:
                return _timed(_registered(event))
            case _ if document is None:
                return None
            case e.DemandChecked(failed=failed):
                return {**document, "checked": True, "failed": list(failed)}
            case e.DemandContested(until=until):
                return {**document, "contested": True, "ever_contested": True, "until": until}
            case e.DemandContestSettled():
                return {**document, "contested": False, "until": None}
            case e.DemandSecrecyChanged(secrecy=secrecy, secret_until=until):
                return _timed({**document, "secrecy": secrecy, "secret_until": until})
            case e.DisclosureRequested() as event:
                prepared = {
                    "disclosure_id": event.disclosure_id,
                    "prepared_at": at,
                    "approved": False,
                    "persons": list(event.scope.persons),
                    "categories": [str(one) for one in event.scope.categories],
                }
                return _timed({**document, **prepared})
            case e.DisclosureApproved():
                return {**document, "approved": True}
            case e.DisclosureEnded(reason=reason):
                given = {"given_at": document["given_at"] or at} if reason == "delivered" else {}
                return _timed({**document, **_NOTHING_PREPARED, **given})
            case e.DemandReminded(stage=stage):
                return _timed({**document, "reminded": stage})
            case e.DemandClosed(outcome=outcome):
                return _timed({**document, "outcome": outcome, "closed_at": at})
            case e.DemandTold() as event:
                told = {"told_at": at, "told": event.told, "unreached": event.unreached}
                return _timed({**document, **told})
            case _:
                return document


class DisclosureParts(Projection):
    """One document a disclosure: the sealed part of each service, until it is over."""

    name = "disclosure_parts"
    topics = tuple(events_topic(service) for service in sorted(CONTRIBUTORS))

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the id of the disclosure."""
        event = envelope.data
        if isinstance(event, DisclosurePartComposed | e.DisclosureEnded):
            return (event.disclosure_id,)
        return ()

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the parts after `envelope`; of what is over none is kept, nor taken in later."""
        known = document or {"over": False, "parts": {}}
        match envelope.data:
            case e.DisclosureEnded():
                return {"over": True, "parts": {}}
            case DisclosurePartComposed(service=service, content=content) if not known["over"]:
                if content is None:
                    return known
                return {**known, "parts": {**known["parts"], service: sealed_json(content)}}
            case _:
                return known


class ToldDisclosures(Projection):
    """One document a person and disclosure, once the person has been told."""

    name = "told_disclosures"
    topics = ("identity.events",)
    indexes: ClassVar[tuple[IndexModel, ...]] = (
        IndexModel([("subject_id", 1), ("disclosed_at", -1)]),
    )

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the id of the fact."""
        return (envelope.id,) if isinstance(envelope.data, e.DisclosureTold) else ()

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return what was told."""
        if document is not None or not isinstance(envelope.data, e.DisclosureTold):
            return document
        told = envelope.data.model_dump(mode="json")
        return {**told, "disclosed_at": envelope.data.disclosed_at, "told_at": envelope.time}


def _registered(event: e.DemandRegistered) -> Document:
    told = event.model_dump(exclude={"subject_id", "demand_id", "document_name"})
    return {
        **told,
        "year": event.received_at.year,
        "checked": False,
        "failed": [],
        "contested": False,
        "ever_contested": False,
        "until": None,
        **_NOTHING_PREPARED,
        "given_at": None,
        "reminded": None,
        "outcome": None,
        "closed_at": None,
        "told_at": None,
        "told": None,
        "unreached": None,
    }


def _timed(document: Document) -> Document:
    """Return `document` with when it is to be looked at next."""
    moments: list[datetime | None] = []
    if document["outcome"] is None and document["due_at"] is not None:
        moments.append(
            next_reminder(document["received_at"], document["due_at"], document["reminded"])
        )
    if document["prepared_at"] is not None:
        moments.append(document["prepared_at"] + KEPT_FOR)
    if document["given_at"] is not None and document["told_at"] is None:
        moments.append(_may_tell_from(document))
    return {**document, "look_at": min((at for at in moments if at is not None), default=None)}


def _may_tell_from(document: Document) -> datetime | None:
    match document["secrecy"]:
        case "none":
            return document["given_at"]  # type: ignore[no-any-return]
        case "until":
            return document["secret_until"]  # type: ignore[no-any-return]
        case _:
            return None
