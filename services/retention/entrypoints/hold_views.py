"""Holds as the data protection officer and as the learner read them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, assert_never

from services.retention.domain.hold.decide import REMINDED_BEFORE
from services.retention.domain.hold.events import HoldEvent

HoldState = Literal["active", "to_review", "overdue", "ended"]
"""`to_review` and `overdue` are active as well: they keep what they keep."""

TOLD = ("hold_id", "scopes", "ground", "authority", "placed_at", "expires_at")


def in_state(state: HoldState, now: datetime) -> Mapping[str, Any]:
    """Return the query for holds that stand in `state` at `now`."""
    active: dict[str, Any] = {"lifted_at": None, "expires_at": {"$gt": now}}
    match state:
        case "active":
            return active
        case "to_review":
            return {**active, "review_at": {"$gt": now, "$lte": now + REMINDED_BEFORE}}
        case "overdue":
            return {**active, "review_at": {"$ne": None, "$lte": now}}
        case "ended":
            return {"$or": [{"lifted_at": {"$ne": None}}, {"expires_at": {"$lte": now}}]}
        case _:
            assert_never(state)


def hold_view(hold: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return a hold as it stands at `now`."""
    state = _state(hold, now)
    review_at = hold["review_at"]
    over = state != "active"
    review = "none"
    if not over and review_at is not None and review_at - REMINDED_BEFORE <= now:
        review = "overdue" if review_at <= now else "to_review"
    secret = hold["disclosed_from"] is not None and now < hold["disclosed_from"]
    return {**hold, "state": state, "review": review, "secret": secret}


def told_view(hold: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return a hold as its person reads it."""
    told = {name: hold[name] for name in TOLD}
    return {**told, "state": _state(hold, now), "ended_at": hold["lifted_at"]}


def history_view(history: Sequence[HoldEvent]) -> list[dict[str, Any]]:
    """Return what happened to a hold, in order."""
    return [{"event": event.type_name(), **event.model_dump(mode="json")} for event in history]


def _state(hold: Mapping[str, Any], now: datetime) -> Literal["active", "expired", "lifted"]:
    if hold["lifted_at"] is not None:
        return "expired" if hold["lifted_at"] >= hold["expires_at"] else "lifted"
    return "active" if now < hold["expires_at"] else "expired"
