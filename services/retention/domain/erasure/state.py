"""What a case's history amounts to, and which step comes next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.retention.domain.erasure.events import CasePlanned, ServiceSearched
from shared.events.erasure import KeyScope
from shared.personal import Category


class Stage(StrEnum):
    """How far a case has come."""

    NONE = "none"
    PLANNED = "planned"
    NOTIFIED = "notified"
    ORDERED = "ordered"
    ACKNOWLEDGED = "acknowledged"
    DISABLED = "disabled"
    """Unreadable for everybody; a hold can still come in between."""
    DESTROYED = "destroyed"
    SEARCHING = "searching"
    """The services search their stores for what went."""
    DISPROVED = "disproved"
    """Something was found: it is erased and searched for again."""
    VERIFIED = "verified"
    CERTIFIED = "certified"


class Step(StrEnum):
    """What a case needs next."""

    NOTIFY = "notify"
    ORDER = "order"
    WAIT = "wait"
    ASK_AGAIN = "ask_again"
    DISABLE = "disable"
    DESTROY = "destroy"
    ASK_VERIFICATION = "ask_verification"
    ASK_VERIFICATION_AGAIN = "ask_verification_again"
    VERIFY = "verify"
    REPEAT = "repeat"
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
    disabled: Mapping[KeyScope, str] = field(default_factory=dict)
    """Scopes that were disabled, with the hash of their ledger entry."""
    disabled_at: datetime | None = None
    destroy_at: datetime | None = None
    """When the safety delay is over."""
    destroyed: Mapping[KeyScope, str] = field(default_factory=dict)
    """Destroyed scopes with the hash of their ledger entry."""
    destroyed_at: datetime | None = None
    searchers: tuple[str, ...] = ()
    """Who has to search in the present round."""
    searches: Mapping[str, ServiceSearched] = field(default_factory=dict)
    """What the services of the present round have told."""
    round: int = 0
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
    def unsearched(self) -> tuple[str, ...]:
        """Services that have not told what they found in this round."""
        return tuple(name for name in self.searchers if name not in self.searches)

    @property
    def places(self) -> tuple[str, ...]:
        """Where something was found in this round."""
        return tuple(
            sorted({one.place for report in self.searches.values() for one in report.found})
        )

    @property
    def undestroyed(self) -> tuple[KeyScope, ...]:
        """Scopes whose key is still to be destroyed."""
        return tuple(scope for scope in self.scopes if scope not in self.destroyed)

    @property
    def wakes_at(self) -> datetime | None:
        """When the case needs a step that nothing but time brings; `None` for now or never."""
        match self.stage:
            case Stage.ORDERED | Stage.DISPROVED:
                return self.deadline
            case Stage.SEARCHING:
                return self.deadline if self.unsearched else None
            case Stage.DISABLED:
                waits = (self.destroy_at, self.deadline if self.failures else None)
                return max((at for at in waits if at is not None), default=None)
            case _:
                return None

    def next_step(self, now: datetime) -> Step:  # noqa: C901 - one branch a stage
        """Return what is to be done at `now`."""
        waits = self.wakes_at is not None and now < self.wakes_at
        match self.stage:
            case Stage.PLANNED:
                return Step.NOTIFY
            case Stage.NOTIFIED:
                return Step.ORDER
            case Stage.ORDERED:
                return Step.WAIT if waits or self.deadline is None else Step.ASK_AGAIN
            case Stage.ACKNOWLEDGED:
                return Step.DISABLE
            case Stage.DISABLED:
                return Step.WAIT if waits else Step.DESTROY
            case Stage.DESTROYED:
                # Where holds kept everything there is nothing to search for.
                return Step.ASK_VERIFICATION if self.scopes else Step.VERIFY
            case Stage.SEARCHING:
                if not self.unsearched:
                    return Step.VERIFY
                return Step.WAIT if waits else Step.ASK_VERIFICATION_AGAIN
            case Stage.DISPROVED:
                return Step.WAIT if waits else Step.REPEAT
            case Stage.VERIFIED:
                return Step.CERTIFY
            case Stage.NONE | Stage.CERTIFIED:
                return Step.NOTHING
