"""What a case's history amounts to, and which step comes next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.retention.domain.erasure.events import CasePlanned
from shared.events.erasure import KeyScope
from shared.personal import Category


class Stage(StrEnum):
    """How far a case has come."""

    NONE = "none"
    PLANNED = "planned"
    NOTIFIED = "notified"
    ORDERED = "ordered"
    ACKNOWLEDGED = "acknowledged"
    DESTROYED = "destroyed"
    VERIFIED = "verified"
    CERTIFIED = "certified"


class Step(StrEnum):
    """What a case needs next."""

    NOTIFY = "notify"
    ORDER = "order"
    WAIT = "wait"
    ASK_AGAIN = "ask_again"
    DESTROY = "destroy"
    VERIFY = "verify"
    CERTIFY = "certify"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Case:
    """One case; the default is one that does not exist."""

    stage: Stage = Stage.NONE
    plan: CasePlanned | None = None
    scopes: tuple[KeyScope, ...] = ()
    """What is still to go: the plan without what holds keep."""
    acknowledged: Mapping[str, Mapping[Category, int]] = field(default_factory=dict)
    attempts: int = 0
    deadline: datetime | None = None
    withheld: tuple[KeyScope, ...] = ()
    undisclosed: tuple[KeyScope, ...] = ()
    """Withheld scopes of which the person must not learn."""
    destroyed: Mapping[KeyScope, str] = field(default_factory=dict)
    """Destroyed scopes with the hash of their ledger entry."""
    destroyed_at: datetime | None = None
    verified_at: datetime | None = None
    failures: int = 0
    certificate: Mapping[str, Any] | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """Participants that have not acknowledged."""
        if self.plan is None:
            return ()
        return tuple(name for name in self.plan.participants if name not in self.acknowledged)

    @property
    def undestroyed(self) -> tuple[KeyScope, ...]:
        """Scopes whose key is still to be destroyed."""
        return tuple(scope for scope in self.scopes if scope not in self.destroyed)

    def next_step(self, now: datetime) -> Step:
        """Return what is to be done at `now`."""
        match self.stage:
            case Stage.PLANNED:
                return Step.NOTIFY
            case Stage.NOTIFIED:
                return Step.ORDER
            case Stage.ORDERED:
                late = self.deadline is not None and self.deadline <= now
                return Step.ASK_AGAIN if late else Step.WAIT
            case Stage.ACKNOWLEDGED:
                waits = self.failures and self.deadline is not None and now < self.deadline
                return Step.WAIT if waits else Step.DESTROY
            case Stage.DESTROYED:
                return Step.VERIFY
            case Stage.VERIFIED:
                return Step.CERTIFY
            case Stage.NONE | Stage.CERTIFIED:
                return Step.NOTHING
