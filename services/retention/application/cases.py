"""Carrying erasure cases from the plan to the certificate; every step can be repeated."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import assert_never

from services.retention.adapters.certificate_key import CertificateKey
from services.retention.adapters.ledger import Entry
from services.retention.application.forget import Forgetter
from services.retention.application.lives import LifeReader
from services.retention.application.locks import SubjectLocks
from services.retention.application.rule_book import RuleBook
from services.retention.application.watch import Watch
from services.retention.domain.clocks.agenda import OpenCase
from services.retention.domain.clocks.request import holds_over
from services.retention.domain.erasure.certificate import certificate_of
from services.retention.domain.erasure.commands import (
    AskVerification,
    CaseCommand,
    CertifyCase,
    OrderServices,
    PlanCase,
    RecordAcknowledgement,
    RecordDestruction,
    RecordDisabling,
    RecordNotice,
    RecordSearch,
    RecordVerification,
    WithholdScopes,
)
from services.retention.domain.erasure.decide import decide, decide_all
from services.retention.domain.erasure.events import (
    CaseCertified,
    CaseEvent,
    CasePlanned,
    PlannedRule,
)
from services.retention.domain.erasure.evolve import evolve
from services.retention.domain.erasure.state import Case, Stage, Step
from services.retention.domain.errors import CaseNotFoundError
from services.retention.domain.life.life import Life, Scope
from services.retention.domain.ruleset.model import RuleSet
from shared.clock import Clock
from shared.command_handler import CommandHandler
from shared.consuming.envelope import Envelope
from shared.erasure import participants_of
from shared.event_store import EventStore, Metadata
from shared.events.base import SubjectId
from shared.events.erasure import DataErased, KeyScope, StoresSearched
from shared.events.retention import ErasureOrdered, HoldPlaced
from shared.ids import new_id
from shared.personal import Category
from shared.topics import SERVICES

STREAM = "case-"


class CaseRunner:
    """Opens cases and takes each as far as it can go."""

    def __init__(  # noqa: PLR0913 - one argument a collaborator
        self,
        store: EventStore,
        clock: Clock,
        rules: RuleBook,
        *,
        lives: LifeReader,
        watch: Watch,
        forgetter: Forgetter,
        key: CertificateKey,
        locks: SubjectLocks,
        patience: timedelta,
        delay: timedelta,
    ) -> None:
        self._store = store
        self._clock = clock
        self._lives = lives
        self._watch = watch
        self._forgetter = forgetter
        self._key = key
        self._rules = rules
        self._patience = patience
        self._delay = delay
        self._locks = locks
        self._handler: CommandHandler[Sequence[CaseCommand], Case, CaseEvent] = CommandHandler(
            store, initial=Case(), decide=decide_all, evolve=evolve, grows_long=False
        )

    async def state(self, case_id: str) -> Case:
        """Return the case as its stream tells it."""
        return (await self._handler.state(STREAM + case_id))[0]

    async def certificate(self, case_id: str) -> CaseCertified:
        """Return the recorded certificate of a case.

        Raises:
            CaseNotFoundError: there is no such case, or it is not certified yet.
        """
        for record in await self._store.load(STREAM + case_id):
            if isinstance(record.event, CaseCertified):
                return record.event
        raise CaseNotFoundError

    async def steps(self, case_id: str) -> list[tuple[str, datetime]]:
        """Return what happened in a case, as (event, instant) in order."""
        recorded = await self._store.load(STREAM + case_id)
        return [(record.event.type_name(), record.at) for record in recorded]

    async def open(self, life: Life, order: OpenCase, meta: Metadata | None = None) -> str:
        """Plan a case, note how the person knows, and order the services; return its id.

        The same order on the same facts opens one case, whoever asks however often.
        """
        now = self._clock.now()
        rules = await self._rules.current()
        case_id = new_id()
        scopes = tuple(KeyScope(category=s.category, object=s.object) for s in order.scopes)
        plan = PlanCase(
            case_id=case_id,
            subject_id=SubjectId(life.subject),
            scopes=scopes,
            mode=order.mode,
            reason=order.reason,
            rules=tuple(_planned(rules, rule_id) for rule_id in order.rule_ids),
            rules_version=rules.version,
            participants=_participants(life.subject, scopes, order),
            closes_account=order.closes_account,
            due=order.due,
            at=now,
        )
        announced = any(
            name.startswith("announced/") and name.endswith("/" + order.due.isoformat())
            for name in life.first
        )
        commands = (
            plan,
            RecordNotice(announced, now),
            OrderServices(self._patience, now),
        )
        commit = await self._handler.handle(
            STREAM + case_id,
            commands,
            subject=SubjectId(life.subject),
            meta=meta or Metadata.system(order.reason, command_id=_once(life, order)),
        )
        opened = commit.stream.removeprefix(STREAM)
        await self.advance(opened)
        return opened

    async def open_lost(self, case_id: str, entries: Sequence[Entry]) -> bool:
        """Plan again a case that only the ledger knows, and tell the officer; whether it was lost.

        The ledger has not the rules nor the mode: a second certificate says `restored`.
        """
        case, _ = await self._handler.state(STREAM + case_id)
        if case.plan is not None:
            return False
        subject, now = SubjectId(entries[0].subject), self._clock.now()
        scopes = tuple(
            KeyScope(category=Category(entry.category), object=entry.object) for entry in entries
        )
        order = OpenCase(
            scopes=tuple(Scope(scope.category, scope.object) for scope in scopes),
            rule_ids=(),
            mode="deleted",
            reason="restored",
            closes_account=any(scope.category is Category.CREDENTIALS for scope in scopes),
            due=datetime.fromisoformat(entries[0].at),
        )
        plan = PlanCase(
            case_id=case_id,
            subject_id=subject,
            scopes=scopes,
            mode=order.mode,
            reason=order.reason,
            rules=(),
            rules_version=(await self._rules.current()).version,
            participants=_participants(subject, scopes, order),
            closes_account=order.closes_account,
            due=order.due,
            at=now,
        )
        await self._watch.alarm("case_lost", subject, case_id=case_id)
        commands = (plan, RecordNotice(announced=False, at=now), OrderServices(self._patience, now))
        await self._handler.handle(
            STREAM + case_id, commands, subject=subject, meta=Metadata.system("restored")
        )
        return True

    async def earlier(self, meta: Metadata) -> str | None:
        """Return the id of the case that the same request has opened, taken on from there."""
        commit = await self._store.earlier(meta)
        if commit is None:
            return None
        opened = commit.stream.removeprefix(STREAM)
        await self.advance(opened)
        return opened

    async def acknowledge(self, envelope: Envelope) -> None:
        """Record one participant's acknowledgement; the last one lets the case go on."""
        fact = envelope.data
        if not isinstance(fact, DataErased):
            raise TypeError(envelope.type)
        command = RecordAcknowledgement(fact.service, dict(fact.counts), self._clock.now())
        outcome = await self._handler.outcome(
            STREAM + fact.case_id,
            (command,),
            subject=fact.subject_id,
            meta=Metadata.caused_by(envelope, "acknowledge"),
        )
        # The case may have gone on since an acknowledgement that came before.
        known = None if outcome.commit.repeated else outcome.state
        await self.advance(fact.case_id, known)

    async def searched(self, envelope: Envelope) -> None:
        """Record what one service found in its stores; the last one lets the case go on."""
        fact = envelope.data
        if not isinstance(fact, StoresSearched):
            raise TypeError(envelope.type)
        command = RecordSearch(
            fact.service, fact.round, fact.searched, fact.found, self._clock.now()
        )
        outcome = await self._handler.outcome(
            STREAM + fact.case_id,
            (command,),
            subject=fact.subject_id,
            meta=Metadata.caused_by(envelope, "search"),
        )
        known = None if outcome.commit.repeated else outcome.state
        await self.advance(fact.case_id, known)

    async def advance(self, case_id: str, known: Case | None = None) -> Case:
        """Take every step that can be taken now and return the case; `known` is as just read."""
        case = await self.state(case_id) if known is None else known
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
        for case_id in await self._open_cases(fact.subject_id):
            async with self._locks.of(fact.subject_id):
                case = await self.state(case_id)
                if case.stage in (Stage.ACKNOWLEDGED, Stage.DISABLED):
                    await self._withhold(case)
            await self.advance(case_id)

    async def _open_cases(self, subject: SubjectId) -> list[str]:
        found: dict[str, None] = {}
        for record in await self._store.load_subject(subject):
            if isinstance(record.event, CasePlanned):
                found[record.event.case_id] = None
            elif isinstance(record.event, CaseCertified):
                found.pop(record.stream.removeprefix(STREAM), None)
        return list(found)

    async def _conclude(self, case_id: str) -> Case:
        """Disable, destroy, verify and certify as far as the time has come; return the case.

        A hold that came in between takes out what it keeps.
        """
        case = await self.state(case_id)
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
        outcome = await self._handler.outcome(
            STREAM + case.plan.case_id,
            commands,
            subject=case.plan.subject_id,
            meta=Metadata.system("erasure"),
        )
        return outcome.state


def _planned(rules: RuleSet, rule_id: str) -> PlannedRule:
    rule = rules.rule(rule_id)
    return PlannedRule(rule_id=rule_id, promises=rule.promises if rule else ())


def _secretly(life: Life | None, hold_ids: Iterable[str], now: datetime) -> bool:
    """Whether the person must not learn of any of the holds that keep a scope."""
    return life is not None and all(life.holds[one].is_secret(now) for one in hold_ids)


def _after(case: Case, command: CaseCommand) -> Case:
    for event in decide(command, case):
        case = evolve(case, event)
    return case


def _participants(subject: str, scopes: tuple[KeyScope, ...], order: OpenCase) -> tuple[str, ...]:
    public = ErasureOrdered(
        case_id="planned",
        subject_id=SubjectId(subject),
        scopes=scopes,
        mode=order.mode,
        reason=order.reason,
        rule_ids=order.rule_ids,
        closes_account=order.closes_account,
    )
    return tuple(participants_of(public))


def _once(life: Life, order: OpenCase) -> str:
    """Return an id that the same order on the same facts always has."""
    earlier = sorted(name for name in life.first if name.startswith("case/"))
    text = "|".join([*(f"{s.category}:{s.object}" for s in order.scopes), *earlier])
    return f"case:{life.subject}:{hashlib.sha256(text.encode()).hexdigest()[:32]}"
