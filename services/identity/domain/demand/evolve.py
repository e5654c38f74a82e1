"""Folding an official demand's history."""

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from services.identity.domain.demand import events as e
from services.identity.domain.demand.state import Demand, Disclosure


def evolve(state: Demand, event: e.DemandEvent) -> Demand:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case e.DemandNoted():
            return Demand(
                event.demand_id,
                kind=event.kind,
                authority=event.authority,
                basis=event.basis,
                received_at=event.received_at,
                due_at=event.due_at,
                scope=event.scope,
                unknown_persons=event.unknown_persons,
                bans=event.bans,
                was_secret=event.bans.secrecy != "none",
                document_id=event.document_id,
                media_type=event.media_type,
            )
        case e.PointsChecked(failed=failed):
            return replace(state, checked=True, failed=failed)
        case e.ContestBegun():
            return replace(state, contested=True)
        case e.ContestSettled(scope=scope):
            return replace(state, contested=False, scope=scope)
        case e.SecrecyChanged(bans=bans):
            secret = state.was_secret or bans.secrecy != "none"
            return replace(state, bans=bans, was_secret=secret)
        case e.DisclosurePrepared():
            prepared = Disclosure(
                event.disclosure_id, event.scope, event.prepared_by, event.prepared_at
            )
            return replace(state, disclosure=prepared)
        case e.PartTaken(part=part):
            return _with(state, lambda one: replace(one, parts=(*one.parts, part)))
        case e.DisclosureAgreed(sha256=sha256):
            return _with(state, lambda one: replace(one, sha256=sha256))
        case e.DisclosureGivenUp():
            return replace(state, disclosure=None)
        case e.DisclosureDelivered(delivered_at=at):
            if state.given is not None:
                return replace(state, disclosure=None)
            return replace(state, disclosure=None, given=state.disclosure, given_at=at)
        case e.TermReminded(stage=stage):
            return replace(state, reminded=stage)
        case e.DemandEnded(outcome=outcome):
            return replace(state, outcome=outcome)
        case e.PersonsTold(told=told):
            return replace(state, told=told)
        case _:
            assert_never(event)


def _with(state: Demand, change: Callable[[Disclosure], Disclosure]) -> Demand:
    one = state.disclosure
    return state if one is None else replace(state, disclosure=change(one))
