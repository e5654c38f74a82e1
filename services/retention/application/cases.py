"""Carrying erasure cases from their orders to the certificate; every step can be repeated."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import assert_never

from services.retention.adapters.certificate_key import CertificateKey
from services.retention.application.case_streams import CaseStreams
from services.retention.application.forget import Forgetter
from services.retention.application.lives import LifeReader
from services.retention.application.locks import SubjectLocks
from services.retention.application.watch import Watch
from services.retention.domain.clocks.request import holds_over
from services.retention.domain.erasure.certificate import certificate_of
from services.retention.domain.erasure.commands import (
    AskVerification,
    CaseCommand,
    CertifyCase,
    OrderServices,
    RecordAcknowledgement,
    RecordDestruction,
    RecordDisabling,
    RecordNotice,
    RecordSearch,
    RecordVerification,
    WithholdScopes,
)
from services.retention.domain.erasure.decide import decide
from services.retention.domain.erasure.evolve import evolve
from services.retention.domain.erasure.state import Case, Stage, Step
from services.retention.domain.life.life import Life, Scope
from shared.clock import Clock
from shared.consuming.envelope import Envelope
from shared.event_store import Metadata
from shared.events.erasure import DataErased, StoresSearched
from shared.events.retention import HoldPlaced
from shared.topics import SERVICES


class CaseRunner:
    """Takes each case as far as it can go."""

    def __init__(  # noqa: PLR0913 - one argument a collaborator
        self,
        streams: CaseStreams,
        clock: Clock,
        *,
        lives: LifeReader,
        watch: Watch,
        forgetter: Forgetter,
        key: CertificateKey,
        locks: SubjectLocks,
        patience: timedelta,
        delay: timedelta,
    ) -> None:
        self._streams = streams
        self._clock = clock
        self._lives = lives
        self._watch = watch
        self._forgetter = forgetter
        self._key = key
        self._patience = patience
        self._delay = delay
        self._locks = locks

    async def acknowledge(self, envelope: Envelope) -> None:
        """Record one participant's acknowledgement; the last one lets the case go on."""
        fact = envelope.data
        if not isinstance(fact, DataErased):
            raise TypeError(envelope.type)
        command = RecordAcknowledgement(fact.service, dict(fact.counts), self._clock.now())
        await self._take_in(envelope, fact, command, "acknowledge")

    async def searched(self, envelope: Envelope) -> None:
        """Record what one service found in its stores; the last one lets the case go on."""
        fact = envelope.data
        if not isinstance(fact, StoresSearched):
            raise TypeError(envelope.type)
        command = RecordSearch(
            fact.service, fact.round, fact.searched, fact.found, self._clock.now()
        )
        await self._take_in(envelope, fact, command, "search")

    async def advance(self, case_id: str, known: Case | None = None) -> Case:
        """Take every step that can be taken now and return the case; `known` is as just read."""
        case = await self._streams.state(case_id) if known is None else known
        while True:
            now = self._clock.now()
            step, plan = case.next_step(now), case.plan
            if plan is None:
                return case
            match step:
                case Step.WAIT | Step.NOTHING:
                    return case
                case Step.NOTIFY:
                    case = await self._record(case, RecordNotice(announced=False, at=now))
                case Step.ORDER | Step.ASK_AGAIN:
                    case = await self._record(case, OrderServices(self._patience, now))
                case Step.ASK_VERIFICATION | Step.ASK_VERIFICATION_AGAIN:
                    case = await self._record(case, self._asking(now))
                case Step.REPEAT:
                    # Erasing again repairs what an erasing hook had left out.
                    again = OrderServices(self._patience, now)
                    case = await self._record(case, again, self._asking(now))
                case Step.DISABLE | Step.DESTROY | Step.VERIFY | Step.CERTIFY:
                    async with self._locks.of(plan.subject_id):
                        case = await self._conclude(case_id)
                case _:
                    assert_never(step)
            if step in (Step.ASK_AGAIN, Step.ASK_VERIFICATION_AGAIN):
                await self._watch.alarm("late_participant", plan.subject_id, case_id=case_id)

    async def spare(self, envelope: Envelope) -> None:
        """Take out of the person's open cases what a hold keeps that has just been placed.

        What was disabled of it is readable again; it goes by a later case when the hold has ended.
        """
        fact = envelope.data
        if not isinstance(fact, HoldPlaced):
            raise TypeError(envelope.type)
        for case_id in await self._streams.open_about(fact.subject_id):
            async with self._locks.of(fact.subject_id):
                case = await self._streams.state(case_id)
                if case.stage in (Stage.ACKNOWLEDGED, Stage.DISABLED):
                    await self._withhold(case)
            await self.advance(case_id)

    async def _take_in(
        self, envelope: Envelope, fact: DataErased | StoresSearched, command: CaseCommand, why: str
    ) -> None:
        meta = Metadata.caused_by(envelope, why)
        outcome = await self._streams.record(fact.case_id, (command,), fact.subject_id, meta)
        # The case may have gone on since a report that came before.
        await self.advance(fact.case_id, None if outcome.commit.repeated else outcome.state)

    async def _conclude(self, case_id: str) -> Case:
        """Disable, destroy, verify and certify as far as the time has come; return the case.

        A hold that came in between takes out what it keeps.
        """
        case = await self._streams.state(case_id)
        if case.plan is None:
            return case
        if case.stage in (Stage.ACKNOWLEDGED, Stage.DISABLED):
            kept = await self._withhold(case)
            if kept is not None:
                return kept
        now = self._clock.now()
        commands: list[CaseCommand] = []
        if case.stage is Stage.ACKNOWLEDGED:
            entries = await self._forgetter.disable(case)
            commands.append(RecordDisabling(entries, self._delay, now))
            case = _after(case, commands[-1])
        if case.stage is Stage.DISABLED and case.next_step(now) is Step.DESTROY:
            commands.append(RecordDestruction(await self._forgetter.destroy(case), now))
            case = _after(case, commands[-1])
        if case.next_step(now) is Step.VERIFY:
            readable = await self._forgetter.readable(case)
            commands.append(RecordVerification(readable, self._patience, now))
            case = _after(case, commands[-1])
        if case.stage is Stage.VERIFIED:
            await self._forgetter.forget_canaries(case)
            certificate = certificate_of(case, now)
            signature = self._key.sign(certificate)
            commands.append(CertifyCase(certificate, signature, self._key.key_id, now))
        if case.next_step(now) is Step.ASK_VERIFICATION:
            commands.append(self._asking(now))
        recorded = await self._record(case, *commands)
        disproved = any(isinstance(one, RecordVerification) for one in commands)
        if disproved and case.stage in (Stage.DISABLED, Stage.DISPROVED) and case.plan is not None:
            await self._watch.alarm("verification_failed", case.plan.subject_id, case_id=case_id)
        return recorded

    def _asking(self, now: datetime) -> AskVerification:
        """Every service searches, whether or not it took part: things lie where they should not."""
        return AskVerification(SERVICES, self._patience, now)

    async def _withhold(self, case: Case) -> Case | None:
        """Leave out the scopes that a hold keeps; return the case when there were any."""
        if case.plan is None:
            return None
        now = self._clock.now()
        life = await self._lives.load(case.plan.subject_id)
        kept = {
            scope: holds
            for scope in case.undestroyed
            if life is not None
            and (holds := holds_over(life, Scope(scope.category, scope.object), now))
        }
        if not kept:
            return None
        await self._forgetter.enable(case, [scope for scope in kept if scope in case.disabled])
        hold_ids = tuple(sorted({hold_id for holds in kept.values() for hold_id in holds}))
        undisclosed = tuple(scope for scope in kept if _secretly(life, kept[scope], now))
        return await self._record(case, WithholdScopes(tuple(kept), hold_ids, now, undisclosed))

    async def _record(self, case: Case, *commands: CaseCommand) -> Case:
        if case.plan is None:
            return case
        plan, meta = case.plan, Metadata.system("erasure")
        return (await self._streams.record(plan.case_id, commands, plan.subject_id, meta)).state


def _secretly(life: Life | None, hold_ids: Iterable[str], now: datetime) -> bool:
    """Whether the person must not learn of any of the holds that keep a scope."""
    return life is not None and all(life.holds[one].is_secret(now) for one in hold_ids)


def _after(case: Case, command: CaseCommand) -> Case:
    for event in decide(command, case):
        case = evolve(case, event)
    return case
