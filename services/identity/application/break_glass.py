"""Access beyond the compartment: taken, ended, reviewed, and reminded of (C4.2, C6.3)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from services.identity.application.accounts import Accounts
from services.identity.domain.break_glass.commands import (
    BreakGlassCommand,
    EndAccess,
    FollowReview,
    TakeAccess,
)
from services.identity.domain.break_glass.decide import decide
from services.identity.domain.break_glass.events import AccessTaken, BreakGlassEvent
from services.identity.domain.break_glass.evolve import evolve
from services.identity.domain.break_glass.state import NO_ACCESS, BreakGlass
from services.identity.domain.errors import AccessNotFoundError, UnknownAccountError
from shared import telemetry
from shared.clock import Clock
from shared.command_handler import CommandHandler
from shared.consuming.envelope import Envelope
from shared.consuming.reactions import Reaction
from shared.consuming.read_model import ReadModel
from shared.event_store import EventStore, Metadata
from shared.events.base import SubjectId
from shared.events.identity import EndCause, SessionsEnded, StaffDeparted, StaffLoggedOut
from shared.personal import Personal
from shared.rights import Rights

STREAM: Final = "break-glass-"
REACTION: Final = "end-break-glass"

log = telemetry.logger(__name__)


class BreakGlassAccesses:
    """Carries out what is asked of them."""

    def __init__(
        self, store: EventStore, clock: Clock, accounts: Accounts, rights: Rights, lasts: timedelta
    ) -> None:
        """Let each access last for `lasts`, and open what `rights` say."""
        self._clock = clock
        self._accounts = accounts
        self._rights = rights
        self._lasts = lasts
        self._handler: CommandHandler[BreakGlassCommand, BreakGlass, BreakGlassEvent] = (
            CommandHandler(store, initial=NO_ACCESS, decide=decide, evolve=evolve, grows_long=False)
        )

    async def take(
        self, access_id: str, learner_id: SubjectId, reason: Personal[str], meta: Metadata
    ) -> AccessTaken:
        """Open access to one learner for whoever `meta` names; repeating it changes nothing.

        Raises:
            UnknownAccountError: there is no such learner, or the account is closed.
        """
        learner = await self._accounts.learner(learner_id)
        if not learner.requested or learner.closed:
            raise UnknownAccountError
        command = TakeAccess(
            access_id=access_id,
            subject_id=learner_id,
            by=meta.actor,
            role=meta.role,
            reason=reason,
            categories=self._rights.opened_by_breaking_glass(meta.role),
            at=self._clock.now(),
            lasts=self._lasts,
        )
        outcome = await self._handler.outcome(
            STREAM + access_id, command, subject=learner_id, meta=meta
        )
        taken = outcome.state.taken
        if taken is None:
            raise AccessNotFoundError
        if outcome.events:
            telemetry.break_glass.add(1, {"role": taken.role})
            log.warning("break-glass access", access=access_id, role=taken.role)
        return taken

    async def act(self, access_id: str, command: BreakGlassCommand, meta: Metadata) -> None:
        """Carry out `command` on an access.

        Raises:
            AccessNotFoundError: there is no such access, or it is a colleague's.
            IdentityError: what `decide` raises.
        """
        taken, _ = await self.read(access_id)
        await self._handler.handle(STREAM + access_id, command, subject=taken.subject_id, meta=meta)

    async def read(self, access_id: str) -> tuple[AccessTaken, BreakGlass]:
        """Return how the access was taken, and what has become of it.

        Raises:
            AccessNotFoundError: there is no such access.
        """
        state, _ = await self._handler.state(STREAM + access_id)
        if state.taken is None:
            raise AccessNotFoundError
        return state.taken, state

    async def remind(self, listed: ReadModel, after: timedelta) -> Mapping[str, int]:
        """Remind of each access of `listed` that has waited for its review for `after`."""
        now, reminded = self._clock.now(), 0
        async for one in listed.each({"verdict": None, "over_at": {"$lte": now - after}}):
            commit = await self._handler.handle(
                STREAM + one["_id"],
                FollowReview(now, after),
                subject=SubjectId(one["subject_id"]),
                meta=Metadata.system("break-glass review"),
            )
            reminded += len(commit.event_ids)
        return {"reminded": reminded}

    def endings(self, listed: ReadModel) -> Reaction:
        """Return what ends the open accesses of `listed` with the role or the session."""

        async def ended(envelope: Envelope) -> None:
            account, cause = _of_staff(envelope)
            now = self._clock.now()
            meta = Metadata.caused_by(envelope, REACTION)
            async for one in listed.each({"taken_by": account, "over_at": {"$gt": now}}):
                command = EndAccess("system", cause, now)
                await self.act(one["_id"], command, meta.for_step(one["_id"]))

        causes = (StaffDeparted, StaffLoggedOut, SessionsEnded)
        return Reaction(REACTION, ("identity.events",), dict.fromkeys(causes, ended))


def _of_staff(envelope: Envelope) -> tuple[str, EndCause]:
    match envelope.data:
        case StaffDeparted(staff_id=staff_id):
            return staff_id, "role_ended"
        case _:
            return envelope.subject, "signed_out"
