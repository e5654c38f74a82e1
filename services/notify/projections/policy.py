"""Which versions of the policy are announced, and whom the notice did not reach (C12.1)."""

from collections.abc import Iterable
from typing import Any, Final

from services.notify.application.policy_notices import KIND, notice_id
from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document, IndexModel
from shared.events import consent, notify, retention
from shared.events.base import SubjectId

TOLD: Final = (
    notify.MessageSent,
    notify.MessageSuppressed,
    notify.MessageBounced,
    notify.MessageGivenUp,
)


class AnnouncedPolicies(Projection):
    """One document for each substantial version of the policy; about no person."""

    name = "announced_policies"
    version = 1
    topics = ("consent.events",)
    indexes = (IndexModel([("effective_at", 1)]),)

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the version, where everybody is told of it."""
        match envelope.data:
            case consent.PolicyPublished(substantial=True, version=version):
                return [version]
            case _:
                return []

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the announcement."""
        match envelope.data:
            case consent.PolicyPublished() as event:
                return {
                    "effective_at": event.effective_at,
                    "published_at": envelope.time,
                    "summary": event.summary.model_dump(),
                }
            case _:
                return document


class PolicyNoticesTold(Projection):
    """One document for each person: what became of each notice, and the answer to it.

    `open` names the notices that reached nobody and that the person has not answered in the portal;
    `refused` those that were refused. They are the staff's to follow up. Once the erasure of an
    account is ordered, nothing of it is left but that it is `closed`.
    """

    name = "policy_notices"
    version = 1
    topics = ("notify.events", "consent.events", "retention.events")
    indexes = (IndexModel([("open", 1), ("_id", 1)]), IndexModel([("refused", 1), ("_id", 1)]))

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the person the event is about."""
        match envelope.data:
            case event if isinstance(event, TOLD):
                return [envelope.subject] if event.kind == KIND else []
            case consent.PolicyAnswered() | retention.ErasureOrdered(closes_account=True):
                return [envelope.subject]
            case _:
                return []

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return what is known of the person's notices."""
        known: dict[str, Any] = {} if document is None else document["notices"]
        if document is not None and document["closed"]:
            return document
        match envelope.data:
            case notify.MessageSent(message_id=message):
                change = {"outcome": "sent"}
            case notify.MessageSuppressed(message_id=message, reason=reason):
                change = {"outcome": reason}
            case notify.MessageBounced(message_id=message):
                change = {"outcome": "bounced"}
            case notify.MessageGivenUp(message_id=message):
                change = {"outcome": "failed"}
            case consent.PolicyAnswered(learner_id=subject, version=version, decision=answer):
                message, change = (
                    notice_id(version, SubjectId(subject)),
                    {
                        "answer": answer,
                        "version": version,
                    },
                )
            case retention.ErasureOrdered():
                # What comes back after it is nobody's to follow up.
                return None if document is None else {**_counted({}), "closed": True}
            case _:
                return document
        notice = {"outcome": None, "answer": None, **known.get(message, {}), **change}
        notice["at"] = envelope.time
        return _counted({**known, message: notice})


def _counted(notices: dict[str, Any]) -> Document:
    return {
        "notices": notices,
        "open": [
            message
            for message, one in notices.items()
            if one["outcome"] not in (None, "sent") and one["answer"] is None
        ],
        "closed": False,
        "refused": [message for message, one in notices.items() if one["answer"] == "refused"],
    }
