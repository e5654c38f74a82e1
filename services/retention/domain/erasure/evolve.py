"""Folding a case's history."""

from dataclasses import replace
from typing import assert_never

from services.retention.domain.erasure.events import (
    CaseCertified,
    CaseEvent,
    CasePlanned,
    ErasureVerified,
    KeyWasDestroyed,
    KeyWasDisabled,
    KeyWasEnabled,
    OrderGiven,
    PersonNotified,
    ScopesWithheld,
    ServiceAcknowledged,
    ServiceSearched,
    VerificationAsked,
    VerificationFailed,
)
from services.retention.domain.erasure.state import Case, Stage


def evolve(state: Case, event: CaseEvent) -> Case:
    """Return `state` after `event`; never raises on recorded history."""
    match event:
        case CasePlanned():
            return Case(stage=Stage.PLANNED, plan=event, scopes=event.scopes)
        case PersonNotified():
            return replace(state, stage=Stage.NOTIFIED)
        case OrderGiven() if state.stage is Stage.DISPROVED:
            return replace(state, stage=Stage.DESTROYED, attempts=event.attempt, deadline=None)
        case OrderGiven():
            # Where no service holds anything of the kind, nobody has to be waited for.
            stage = Stage.ORDERED if state.missing else Stage.ACKNOWLEDGED
            return replace(state, stage=stage, attempts=event.attempt, deadline=event.deadline)
        case ServiceAcknowledged():
            told = replace(state, acknowledged={**state.acknowledged, event.service: event.counts})
            if told.missing or told.stage is not Stage.ORDERED:
                return told
            return replace(told, stage=Stage.ACKNOWLEDGED, deadline=None)
        case ScopesWithheld():
            left = tuple(scope for scope in state.scopes if scope not in event.scopes)
            withheld = replace(
                state,
                scopes=left,
                withheld=(*state.withheld, *event.scopes),
                undisclosed=(*state.undisclosed, *event.undisclosed),
            )
            if withheld.undestroyed:
                return withheld
            # Where holds keep everything there is nothing to destroy.
            at = state.destroyed_at or event.withheld_at
            return replace(
                withheld,
                stage=Stage.DESTROYED,
                disabled_at=state.disabled_at or at,
                destroyed_at=at,
            )
        case KeyWasDisabled():
            closed = {**state.disabled, event.scope: event.ledger}
            return replace(
                state,
                stage=Stage.DISABLED if closed.keys() >= set(state.scopes) else state.stage,
                disabled=closed,
                disabled_at=event.disabled_at,
                destroy_at=event.destroy_at,
            )
        case KeyWasEnabled():
            closed = {s: entry for s, entry in state.disabled.items() if s != event.scope}
            return replace(state, disabled=closed)
        case KeyWasDestroyed():
            gone = {**state.destroyed, event.scope: event.ledger}
            return replace(
                state,
                stage=Stage.DESTROYED if gone.keys() >= set(state.scopes) else state.stage,
                destroyed=gone,
                destroyed_at=event.destroyed_at,
            )
        case VerificationAsked():
            return replace(
                state,
                stage=Stage.SEARCHING,
                round=event.round,
                searchers=event.services,
                searches=state.searches if event.round == state.round else {},
                deadline=event.deadline,
            )
        case ServiceSearched():
            return replace(state, searches={**state.searches, event.service: event})
        case ErasureVerified():
            return replace(state, stage=Stage.VERIFIED, verified_at=event.verified_at)
        case VerificationFailed():
            return replace(
                state,
                stage=Stage.DISABLED if event.scopes else Stage.DISPROVED,
                destroyed={s: e for s, e in state.destroyed.items() if s not in event.scopes},
                failures=event.attempt,
                deadline=event.deadline,
            )
        case CaseCertified():
            return replace(state, stage=Stage.CERTIFIED, certificate=event.certificate)
        case _:
            assert_never(event)
