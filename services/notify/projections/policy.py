"""Which versions of the policy are announced, and whom the notice did not reach (C12.1)."""

from collections.abc import Iterable
from typing import Any, Final, assert_never

from services.notify.application.policy_notices import KIND, notice_id
from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document, IndexModel
from shared.events import consent, notify, retention
from shared.events.base import SubjectId

Outcome = (
    notify.MessageSent | notify.MessageSuppressed | notify.MessageBounced | notify.MessageGivenUp
)
OUTCOMES: Final = (
    notify.MessageSent,
    notify.MessageSuppressed,
    notify.MessageBounced,
    notify.MessageGivenUp,
)
TOLD: Final = (*OUTCOMES, notify.MessageRepeated, notify.MessageToldByStaff)
BLANK: Final[dict[str, Any]] = dict.fromkeys(
    ("outcome", "left_at", "answer", "told", "repeat", "version")
)
"""A notice of which nothing is known yet; `left_at` is when it was last tried."""


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

    `open` names the notices that reached nobody, that the person has not answered in the portal and
    that staff have not told them of: they are the staff's to follow up. `refused` names those that
    were refused, `told` those that staff told of. Once the erasure of an account is ordered,
    nothing of it is left but that it is `closed`.
    """

    name = "policy_notices"
    version = 2
    topics = ("notify.events", "consent.events", "retention.events")
    indexes = tuple(IndexModel([(why, 1), ("_id", 1)]) for why in ("open", "refused", "told"))

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
        known = _counted({}, {}) if document is None else document
        if known["closed"]:
            return document
        match envelope.data:
            case consent.PolicyAnswered(learner_id=subject, version=version, decision=answer):
                notice = notice_id(version, SubjectId(subject))
                return _changed(known, notice, envelope, answer=answer, version=version)
            case retention.ErasureOrdered():
                # What comes back after it is nobody's to follow up.
                return None if document is None else {**_counted({}, {}), "closed": True}
            case notify.MessageRepeated(message_id=notice, repeat_id=repeat):
                return _repeated(known, notice, repeat, envelope)
            case notify.MessageToldByStaff() as event:
                told = {"channel": event.channel, "by": event.told_by, "at": envelope.time}
                return _changed(known, event.message_id, envelope, told=told)
            case event if isinstance(event, OUTCOMES):
                return _settled(known, event, envelope)
            case _:
                return document


def _settled(known: Document, event: Outcome, envelope: Envelope) -> Document:
    """Return `known` with what became of a notice, or of the latest message that repeats it."""
    notice = known["repeats"].get(event.message_id, event.message_id)
    held = known["notices"].get(notice, BLANK)
    if (held["repeat"] or notice) != event.message_id:
        # What comes back late of an address that is no longer the person's.
        return known
    returned = isinstance(event, notify.MessageBounced) and held["left_at"] is not None
    left_at = held["left_at"] if returned else envelope.time
    return _changed(known, notice, envelope, outcome=_word(event), left_at=left_at)


def _word(event: Outcome) -> str:
    match event:
        case notify.MessageSent():
            return "sent"
        case notify.MessageSuppressed(reason=reason):
            return reason
        case notify.MessageBounced():
            return "bounced"
        case notify.MessageGivenUp():
            return "failed"
        case _:
            assert_never(event)


def _repeated(known: Document, notice: str, repeat: str, envelope: Envelope) -> Document:
    """Return `known` where `repeat` stands for `notice`, also if it was heard of before."""
    notices = dict(known["notices"])
    early = notices.pop(repeat, None) or {}
    heard = {name: early[name] for name in ("outcome", "left_at") if name in early}
    moved = {**known, "notices": notices, "repeats": {**known["repeats"], repeat: notice}}
    return _changed(moved, notice, envelope, repeat=repeat, **heard)


def _changed(known: Document, notice: str, envelope: Envelope, **change: Any) -> Document:
    held = known["notices"].get(notice, BLANK)
    changed = {**held, **change, "at": envelope.time}
    return _counted({**known["notices"], notice: changed}, known["repeats"])


def _counted(notices: dict[str, Any], repeats: dict[str, str]) -> Document:
    return {
        "notices": notices,
        "repeats": repeats,
        "open": [
            message
            for message, one in notices.items()
            if one["outcome"] not in (None, "sent")
            and one["answer"] is None
            and one["told"] is None
        ],
        "closed": False,
        "refused": [message for message, one in notices.items() if one["answer"] == "refused"],
        "told": [message for message, one in notices.items() if one["told"] is not None],
    }
