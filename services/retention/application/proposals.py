"""Asking for an act, and deciding about it as the second person.

The act is carried out first, under a command id of its own, and then the proposal is settled:
whoever looks at the proposal next settles what a crash left in between.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from services.retention.application.acts import Acts, Agreement
from services.retention.application.locks import SubjectLocks
from services.retention.domain.errors import ProposalNotFoundError
from services.retention.domain.proposal.acts import Act
from services.retention.domain.proposal.commands import (
    ActAlone,
    ConfirmAct,
    ExpireProposal,
    ProposalCommand,
    ProposeAct,
    RefuseAct,
)
from services.retention.domain.proposal.decide import decide
from services.retention.domain.proposal.events import ProposalEvent
from services.retention.domain.proposal.evolve import evolve
from services.retention.domain.proposal.state import ProposalState
from shared.clock import Clock
from shared.command_handler import CommandHandler
from shared.consuming.projections import ReadModel
from shared.event_store import Commit, EventStore, Metadata
from shared.events.base import SubjectId

STREAM: Final = "proposal-"
NOBODY: Final = SubjectId("proposals")
"""A proposal is about an act; whom that concerns stands in the act's own stream."""
OPEN: Final[Mapping[str, Any]] = {"outcome": None}
AT_ONCE: Final = 1000


class Proposals:
    """Runs the proposals."""

    def __init__(
        self, store: EventStore, clock: Clock, acts: Acts, *, proposal_list: ReadModel
    ) -> None:
        self._store = store
        self._clock = clock
        self._acts = acts
        self._list = proposal_list
        self._locks = SubjectLocks()
        self._handler: CommandHandler[ProposalCommand, ProposalState, ProposalEvent] = (
            CommandHandler(
                store, initial=ProposalState(), decide=decide, evolve=evolve, grows_long=False
            )
        )

    async def ask(self, proposal_id: str, act: Act, meta: Metadata, *, reason: str = "") -> str:
        """Ask for `act` and return the id of the proposal, the same for a repeated request.

        Raises:
            RetentionError: it could not be carried out as things stand.
        """
        earlier = await self._store.earlier(meta)
        if earlier is not None:
            return earlier.stream.removeprefix(STREAM)
        await self._acts.check(act, meta.actor)
        command = ProposeAct(proposal_id, act, reason, meta.actor, self._clock.now())
        commit = await self._run(proposal_id, command, meta)
        return commit.stream.removeprefix(STREAM)

    async def confirm(
        self, proposal_id: str, meta: Metadata, *, goes_at_once: int | None = None
    ) -> None:
        """Agree as the second person: the act is carried out.

        Args:
            proposal_id: which one.
            meta: who agrees.
            goes_at_once: how many objects whoever agrees knows to go at once, where rules are
                adopted; `None` for as many as was asked.

        Raises:
            RetentionError: `decide` refuses, or the act can no longer be carried out.
        """
        command = ConfirmAct(meta.actor, self._clock.now())
        await self._settle(proposal_id, command, meta, goes_at_once)

    async def act_alone(self, proposal_id: str, meta: Metadata) -> None:
        """Carry out what the operator asked for, without a second person; it is recorded as that.

        Raises:
            RetentionError: `decide` refuses, or the act can no longer be carried out.
        """
        await self._settle(proposal_id, ActAlone(meta.actor, self._clock.now()), meta, None)

    async def refuse(self, proposal_id: str, meta: Metadata) -> None:
        """Refuse it, or withdraw what one has asked for oneself.

        Raises:
            ProposalNotFoundError: there is no such proposal.
            ProposalOverError: it was decided already, or its time is over.
        """
        async with self._locks.of(proposal_id):
            await self._take_up(proposal_id)
            await self._run(proposal_id, RefuseAct(meta.actor, self._clock.now()), meta)

    async def expire(self) -> int:
        """End what nobody decided in time; return how many."""
        expired = 0
        for one in await self._list.find(OPEN, limit=AT_ONCE):
            async with self._locks.of(one["_id"]):
                await self._take_up(one["_id"])
                command = ExpireProposal(self._clock.now())
                commit = await self._run(one["_id"], command, Metadata.system("sweep"))
                expired += len(commit.event_ids)
        return expired

    async def state(self, proposal_id: str) -> ProposalState:
        """Return the proposal as its stream tells it.

        Raises:
            ProposalNotFoundError: there is no such proposal.
        """
        state, _ = await self._handler.state(STREAM + proposal_id)
        if state.made is None:
            raise ProposalNotFoundError
        return state

    async def _settle(
        self,
        proposal_id: str,
        command: ConfirmAct | ActAlone,
        meta: Metadata,
        goes_at_once: int | None,
    ) -> None:
        async with self._locks.of(proposal_id):
            if await self._store.earlier(meta) is not None:
                return
            await self._take_up(proposal_id, but_of=meta.actor)
            state = await self.state(proposal_id)
            if decide(command, state) and state.made is not None:
                second = command.by if isinstance(command, ConfirmAct) else None
                agreed = Agreement(state.made, second, goes_at_once)
                await self._acts.carry_out(agreed, _of_act(proposal_id, meta))
            await self._run(proposal_id, command, meta)

    async def _take_up(self, proposal_id: str, *, but_of: str | None = None) -> None:
        """Settle a proposal whose act was carried out just before a crash.

        Not in the name of `but_of`, who settles it just now.
        """
        state, _ = await self._handler.state(STREAM + proposal_id)
        if state.made is None or state.settled is not None:
            return
        done = await self._store.earlier(_of_act(proposal_id, Metadata.system("crash")))
        if done is None:
            return
        [first, *_] = [r for r in await self._store.load(done.stream) if r.id in done.event_ids]
        if first.meta.actor == but_of:
            return
        alone = first.meta.actor == state.made.asked_by
        command = (ActAlone if alone else ConfirmAct)(first.meta.actor, first.at)
        await self._run(proposal_id, command, Metadata.system("settled after a crash"))

    async def _run(self, proposal_id: str, command: ProposalCommand, meta: Metadata) -> Commit:
        return await self._handler.handle(STREAM + proposal_id, command, subject=NOBODY, meta=meta)


def _of_act(proposal_id: str, meta: Metadata) -> Metadata:
    """Return why the act is carried out: once for each proposal, whoever tries again."""
    return replace(meta, command_id=f"proposal:{proposal_id}", fingerprint=None)
