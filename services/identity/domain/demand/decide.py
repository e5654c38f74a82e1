"""The rules of an official demand (C6.2, C9.4)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, assert_never

from services.identity.domain.demand import commands as c
from services.identity.domain.demand import errors
from services.identity.domain.demand import events as e
from services.identity.domain.demand.manifest import list_digest
from services.identity.domain.demand.state import Demand, Disclosure
from services.identity.domain.demand.terms import STAGES, last_stage
from shared.events.base import SubjectId
from shared.events.demands import CHECKED_POINTS, CONTRIBUTORS, DemandScope, EndReason

KEPT_FOR: Final = timedelta(days=30)
"""How long what is prepared waits to be handed over."""
SYSTEM: Final = "system"


def decide(command: c.DemandCommand, state: Demand) -> Sequence[e.DemandEvent]:  # noqa: C901 - one case a command
    """Return what `command` leads to; nothing where it is so already.

    Raises:
        DemandError: it cannot be done, and why.
    """
    if isinstance(command, c.RegisterDemand):
        return [] if state.demand_id else _registered(command)
    if not state.demand_id:
        raise errors.UnknownDemandError
    match command:
        case c.CheckDemand():
            return _checked(command, state)
        case c.ContestDemand():
            return _contested(command, state)
        case c.SettleContest():
            return _settled(command, state)
        case c.ChangeSecrecy():
            return _secrecy(command, state)
        case c.PrepareDisclosure():
            return _prepared(command, state)
        case c.TakePart():
            return _part(command, state)
        case c.ApproveDisclosure():
            return _approved(command, state)
        case c.EndDisclosure():
            return _given_up(command, state)
        case c.DeliverDisclosure():
            return _delivered(command, state)
        case c.CloseDemand():
            return _closed(command, state)
        case c.NoteTold():
            if state.told is not None:
                return []
            return [
                e.PersonsTold(
                    demand_id=state.demand_id, told=command.told, unreached=command.unreached
                )
            ]
        case c.FollowDemand():
            return _followed(command, state)
        case _:
            assert_never(command)


def _registered(command: c.RegisterDemand) -> Sequence[e.DemandEvent]:
    """Return the demand; one that names nobody is contested from the start."""
    _require_dated(command.bans, command.at)
    noted = e.DemandNoted(
        demand_id=command.demand_id,
        subject_id=SubjectId(command.demand_id),
        kind=command.kind,
        authority=command.authority,
        basis=command.basis,
        received_at=command.received_at,
        due_at=command.due_at,
        scope=command.scope,
        unknown_persons=command.unknown_persons,
        bans=command.bans,
        document_id=command.document_id,
        document_name=command.document_name,
        media_type=command.media_type,
        noted_by=command.by,
    )
    if command.scope.persons or command.unknown_persons:
        return [noted]
    bulk = e.ContestBegun(
        demand_id=command.demand_id,
        reasons=("bulk",),
        forum="authority",
        until=None,
        by_rule=True,
    )
    return [noted, bulk]


def _checked(command: c.CheckDemand, state: Demand) -> Sequence[e.DemandEvent]:
    _require_open(state)
    _require_unapproved(state)
    failed = tuple(point for point in CHECKED_POINTS if not command.answers.get(point, False))
    checked = e.PointsChecked(demand_id=state.demand_id, failed=failed, checked_by=command.by)
    if failed and state.disclosure is not None:
        return [checked, _ended(state, state.disclosure, "replaced", command.by)]
    return [checked]


def _contested(command: c.ContestDemand, state: Demand) -> Sequence[e.DemandEvent]:
    _require_open(state)
    if state.contested:
        raise errors.DemandContestedError
    begun = e.ContestBegun(
        demand_id=state.demand_id,
        reasons=command.reasons,
        forum=command.forum,
        until=command.until,
    )
    if state.disclosure is not None:
        return [begun, _ended(state, state.disclosure, "replaced", SYSTEM)]
    return [begun]


def _settled(command: c.SettleContest, state: Demand) -> Sequence[e.DemandEvent]:
    _require_open(state)
    if not state.contested:
        raise errors.NotContestedError
    scope = state.scope
    if command.result == "narrowed":
        if command.scope is None or not _is_within(command.scope, state.scope):
            raise errors.WiderScopeError
        scope = command.scope
    settled = e.ContestSettled(demand_id=state.demand_id, result=command.result, scope=scope)
    if command.result == "set_aside":
        return [settled, e.DemandEnded(demand_id=state.demand_id, outcome="set_aside", by=SYSTEM)]
    return [settled]


def _secrecy(command: c.ChangeSecrecy, state: Demand) -> Sequence[e.DemandEvent]:
    if state.bans == command.bans:
        return []
    if state.told is not None:
        raise errors.AlreadyToldError
    _require_dated(command.bans, command.at)
    return [e.SecrecyChanged(demand_id=state.demand_id, bans=command.bans)]


def _prepared(command: c.PrepareDisclosure, state: Demand) -> Sequence[e.DemandEvent]:
    """Return the request to every service; what was prepared before and not approved goes."""
    _require_answerable(state)
    _require_unapproved(state)
    before = state.disclosure
    if before is not None and before.disclosure_id == command.disclosure_id:
        return []
    given_up = [] if before is None else [_ended(state, before, "replaced", command.by)]
    return [
        *given_up,
        e.DisclosurePrepared(
            demand_id=state.demand_id,
            disclosure_id=command.disclosure_id,
            scope=state.scope,
            prepared_by=command.by,
            prepared_at=command.at,
        ),
    ]


def _part(command: c.TakePart, state: Demand) -> Sequence[e.DemandEvent]:
    """Return that a part has come; of what was given up meanwhile, nothing."""
    one = state.disclosure
    if one is None or one.disclosure_id != command.disclosure_id:
        return []
    if command.part.service in {part.service for part in one.parts}:
        return []
    return [
        e.PartTaken(demand_id=state.demand_id, disclosure_id=one.disclosure_id, part=command.part)
    ]


def _approved(command: c.ApproveDisclosure, state: Demand) -> Sequence[e.DemandEvent]:
    _require_answerable(state)
    one = _disclosure(state, command.disclosure_id)
    if one.sha256 is not None:
        return []
    if command.by == one.prepared_by:
        raise errors.SamePreparerError
    if not one.has_all(CONTRIBUTORS):
        raise errors.DisclosureIncompleteError
    return [
        e.DisclosureAgreed(
            demand_id=state.demand_id,
            disclosure_id=one.disclosure_id,
            sha256=list_digest(one.parts),
            agreed_by=command.by,
        )
    ]


def _given_up(command: c.EndDisclosure, state: Demand) -> Sequence[e.DemandEvent]:
    one = state.disclosure
    if one is None or one.disclosure_id != command.disclosure_id:
        return []
    if command.reason == "declined" and command.by == one.prepared_by:
        raise errors.SamePreparerError
    return [_ended(state, one, command.reason, command.by)]


def _delivered(command: c.DeliverDisclosure, state: Demand) -> Sequence[e.DemandEvent]:
    """Return that it was handed over, and the demand's end; only what was approved, only once."""
    _require_answerable(state)
    one = _disclosure(state, command.disclosure_id)
    if one.sha256 is None:
        raise errors.UnapprovedError
    delivered = e.DisclosureDelivered(
        demand_id=state.demand_id,
        disclosure_id=one.disclosure_id,
        sha256=command.sha256,
        delivered_by=command.by,
        delivered_at=command.at,
    )
    if state.closed:
        return [delivered]
    ended = e.DemandEnded(demand_id=state.demand_id, outcome="disclosed", by=command.by)
    return [delivered, ended]


def _closed(command: c.CloseDemand, state: Demand) -> Sequence[e.DemandEvent]:
    if state.outcome == command.outcome:
        return []
    _require_open(state)
    ended = e.DemandEnded(demand_id=state.demand_id, outcome=command.outcome, by=command.by)
    one = state.disclosure
    return [ended] if one is None else [_ended(state, one, "closed", command.by), ended]


def _followed(command: c.FollowDemand, state: Demand) -> Sequence[e.DemandEvent]:
    """Return what time brings: the reminder of the latest stage, the end of an old copy."""
    found: list[e.DemandEvent] = []
    one = state.disclosure
    if one is not None and command.at >= one.prepared_at + KEPT_FOR:
        found.append(_ended(state, one, "expired", SYSTEM))
    if state.closed or state.due_at is None:
        return found
    stage = last_stage(state.received_at, state.due_at, command.at)
    reminded = -1 if state.reminded is None else STAGES.index(state.reminded)
    if stage is not None and STAGES.index(stage) > reminded:
        found.append(e.TermReminded(demand_id=state.demand_id, stage=stage, due_at=state.due_at))
    return found


def _ended(state: Demand, one: Disclosure, reason: EndReason, by: str) -> e.DisclosureGivenUp:
    return e.DisclosureGivenUp(
        demand_id=state.demand_id, disclosure_id=one.disclosure_id, reason=reason, by=by
    )


def _disclosure(state: Demand, disclosure_id: str) -> Disclosure:
    one = state.disclosure
    if one is None or one.disclosure_id != disclosure_id:
        raise errors.NoDisclosureError
    return one


def _require_open(state: Demand) -> None:
    if state.closed:
        raise errors.DemandClosedError


def _require_unapproved(state: Demand) -> None:
    one = state.disclosure
    if one is not None and one.sha256 is not None:
        raise errors.AlreadyApprovedError


def _require_answerable(state: Demand) -> None:
    """Return when the demand may be answered: checked, uncontested, about somebody.

    One that was answered may be answered anew: the file can be lost on its way.
    """
    if state.outcome != "disclosed":
        _require_open(state)
    if state.contested:
        raise errors.DemandContestedError
    if not state.checked or state.failed:
        raise errors.DemandUncheckedError
    if not state.scope.persons:
        raise errors.NobodyNamedError


def _require_dated(bans: e.Bans, at: datetime) -> None:
    if bans.secrecy == "until" and (bans.until is None or bans.until <= at):
        raise errors.SecrecyDateError


def _is_within(scope: DemandScope, before: DemandScope) -> bool:
    """Whether `scope` asks for nothing that `before` did not; a bulk demand may name persons."""
    persons = not before.persons or set(scope.persons) <= set(before.persons)
    since = before.since is None or (scope.since is not None and scope.since >= before.since)
    until = before.until is None or (scope.until is not None and scope.until <= before.until)
    named = bool(scope.persons)
    return named and persons and since and until and set(scope.categories) <= set(before.categories)
