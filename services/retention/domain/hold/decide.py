"""The rules of a hold."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, assert_never

from services.retention.domain.calendar import Term, add_term
from services.retention.domain.errors import (
    DisclosureError,
    HoldExpiryError,
    HoldNotFoundError,
    HoldOverError,
    NarrowingError,
    ReviewDateError,
)
from services.retention.domain.hold.commands import (
    REVIEW_EVERY,
    DiscloseHold,
    ExpireHold,
    ExtendHold,
    HoldCommand,
    LiftHold,
    PlaceHold,
    RemindReview,
    ReviewHold,
    Verdict,
)
from services.retention.domain.hold.events import (
    HoldEvent,
    HoldWasDisclosed,
    HoldWasExtended,
    HoldWasLifted,
    HoldWasPlaced,
    HoldWasReviewed,
    Outcome,
    ReviewWasReminded,
    ReviewWentOverdue,
)
from services.retention.domain.hold.scopes import categories_of, tidied, within
from services.retention.domain.hold.state import HoldState

LONGEST_PERIOD: Final = 12
"""Months within which every hold is reviewed."""
REMINDED_BEFORE: Final = timedelta(days=14)
"""How long before a review its reviewer is reminded."""

OUTCOMES: Final[Mapping[Verdict, Outcome]] = {
    "keep": "kept",
    "narrow": "narrowed",
    "lift": "lifted",
}


def decide(command: HoldCommand, state: HoldState) -> Sequence[HoldEvent]:
    """Return what `command` leads to; what was done before leads to nothing.

    Raises:
        HoldExpiryError: the hold would not end, keep nothing, or not end later.
        ReviewDateError: it would not be reviewed within twelve months.
        DisclosureError: the person has been told, or may be told, already.
        NarrowingError: what is left is nothing, no less, or more.
        HoldNotFoundError: there is no such hold.
        HoldOverError: it has ended already.
    """
    if isinstance(command, PlaceHold):
        return [] if state.hold_id else [_placed(command)]
    if not state.hold_id:
        raise HoldNotFoundError
    if state.over and isinstance(command, ExtendHold | ReviewHold | LiftHold):
        raise HoldOverError
    match command:
        case ExtendHold():
            return [_extended(command, state)]
        case ReviewHold():
            return _reviewed(command, state)
        case RemindReview(at=at):
            return _reminded(state, at)
        case DiscloseHold(at=at):
            return _disclosed(state, at)
        case LiftHold(reviewer=reviewer, at=at):
            return [_lifted(state, at, reviewer)]
        case ExpireHold(at=at):
            due = not state.over and state.expires_at <= at
            return [_lifted(state, at, None)] if due else []
        case _:
            assert_never(command)


def _placed(command: PlaceHold) -> HoldWasPlaced:
    if command.expires_at <= command.at or not command.scopes:
        raise HoldExpiryError
    if not 1 <= command.review_every <= LONGEST_PERIOD:
        raise ReviewDateError
    secret = command.disclosed_from is not None and command.disclosed_from > command.at
    scopes = tidied(command.scopes)
    return HoldWasPlaced(
        hold_id=command.hold_id,
        subject_id=command.subject_id,
        categories=categories_of(scopes),
        ground=command.ground,
        reference=command.reference,
        reviewer=command.reviewer,
        expires_at=command.expires_at,
        placed_at=command.at,
        scopes=scopes,
        matter_id=command.matter_id,
        authority=command.authority,
        review_every=command.review_every,
        review_at=_months_from(command.at, command.review_every),
        disclosed_from=command.disclosed_from if secret else None,
    )


def _extended(command: ExtendHold, state: HoldState) -> HoldWasExtended:
    if command.expires_at <= max(state.expires_at, command.at):
        raise HoldExpiryError
    disclosed_from = state.disclosed_from
    if command.disclosed_from is not None:
        # Whoever has been told, or may have seen it, cannot be untold.
        if disclosed_from is None or disclosed_from <= command.at:
            raise DisclosureError
        disclosed_from = max(disclosed_from, command.disclosed_from)
    return HoldWasExtended(
        hold_id=state.hold_id,
        subject_id=state.subject_id,
        scopes=state.scopes,
        expires_at=command.expires_at,
        review_at=state.review_at,
        disclosed_from=disclosed_from,
        reason=command.reason,
        reference=command.reference,
        extended_by=command.by,
        extended_at=command.at,
    )


def _reviewed(command: ReviewHold, state: HoldState) -> Sequence[HoldEvent]:
    lifts = command.outcome == "lift"
    if command.outcome == "narrow" and not within(command.scopes, state.scopes):
        raise NarrowingError
    reviewed = HoldWasReviewed(
        hold_id=state.hold_id,
        subject_id=state.subject_id,
        outcome=OUTCOMES[command.outcome],
        scopes=tidied(command.scopes) if command.outcome == "narrow" else state.scopes,
        expires_at=state.expires_at,
        review_at=None if lifts else _next_review(command, state),
        disclosed_from=state.disclosed_from,
        reason=command.reason,
        reference=command.reference,
        reviewed_by=command.by,
        reviewed_at=command.at,
        confirmed_by=command.confirmed_by,
    )
    return [reviewed, _lifted(state, command.at, command.by)] if lifts else [reviewed]


def _next_review(command: ReviewHold, state: HoldState) -> datetime:
    if command.review_at is None:
        return _months_from(command.at, state.review_every or REVIEW_EVERY)
    if not command.at < command.review_at <= _months_from(command.at, LONGEST_PERIOD):
        raise ReviewDateError
    return command.review_at


def _reminded(state: HoldState, at: datetime) -> Sequence[HoldEvent]:
    review_at = state.review_at
    if state.over or review_at is None:
        return []
    if at >= review_at:
        if state.overdue_since == review_at:
            return []
        return [
            ReviewWentOverdue(
                hold_id=state.hold_id,
                subject_id=state.subject_id,
                review_at=review_at,
                noticed_at=at,
            )
        ]
    if at < review_at - REMINDED_BEFORE or state.reminded_of == review_at:
        return []
    return [
        ReviewWasReminded(
            hold_id=state.hold_id,
            subject_id=state.subject_id,
            reviewer=state.reviewer,
            review_at=review_at,
            reminded_at=at,
        )
    ]


def _disclosed(state: HoldState, at: datetime) -> Sequence[HoldEvent]:
    if state.told or (state.disclosed_from is not None and at < state.disclosed_from):
        return []
    return [
        HoldWasDisclosed(
            hold_id=state.hold_id,
            subject_id=state.subject_id,
            ground=state.ground,
            authority=state.authority,
            scopes=state.scopes,
            expires_at=state.expires_at,
            disclosed_at=at,
            placed_at=state.placed_at,
            disclosed_from=state.disclosed_from,
            ended_at=state.ended_at,
        )
    ]


def _lifted(state: HoldState, at: datetime, reviewer: str | None) -> HoldWasLifted:
    return HoldWasLifted(
        hold_id=state.hold_id,
        subject_id=state.subject_id,
        cause="expired" if reviewer is None else "lifted",
        reviewer=reviewer,
        lifted_at=at,
    )


def _months_from(at: datetime, months: int) -> datetime:
    return add_term(at, Term(f"P{months}M", 0, months, 0))
