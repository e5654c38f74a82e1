"""Opening erasure cases: by the sweep, by the person, or from the ledger after a restore."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from services.retention.adapters.ledger import Entry
from services.retention.application.case_streams import CaseStreams
from services.retention.application.cases import CaseRunner
from services.retention.application.rule_book import RuleBook
from services.retention.application.watch import Watch
from services.retention.domain.clocks.agenda import OpenCase
from services.retention.domain.erasure.commands import OrderServices, PlanCase, RecordNotice
from services.retention.domain.erasure.events import PlannedRule
from services.retention.domain.life.life import Life, Scope
from services.retention.domain.ruleset.model import RuleSet
from shared.clock import Clock
from shared.erasure import participants_of
from shared.event_store import Metadata
from shared.events.base import SubjectId
from shared.events.erasure import KeyScope
from shared.events.retention import ErasureOrdered
from shared.ids import new_id
from shared.personal import Category


class CaseOpener:
    """Plans a case and orders the services; `CaseRunner` takes it from there."""

    def __init__(
        self,
        streams: CaseStreams,
        runner: CaseRunner,
        clock: Clock,
        rules: RuleBook,
        *,
        watch: Watch,
        patience: timedelta,
    ) -> None:
        self._streams = streams
        self._runner = runner
        self._clock = clock
        self._rules = rules
        self._watch = watch
        self._patience = patience

    async def open(self, life: Life, order: OpenCase, meta: Metadata | None = None) -> str:
        """Plan a case, note how the person knows, and order the services; return its id.

        The same order on the same facts opens one case, whoever asks however often.
        """
        meta = meta or Metadata.system(order.reason, command_id=_once(life, order))
        rules = await self._rules.current()
        announced = any(
            name.startswith("announced/") and name.endswith("/" + order.due.isoformat())
            for name in life.first
        )
        case_id = new_id()
        opened = await self._plan(case_id, life.subject, order, rules, meta, announced=announced)
        await self._runner.advance(opened)
        return opened

    async def open_lost(self, case_id: str, entries: Sequence[Entry]) -> bool:
        """Plan again a case that only the ledger knows, and tell the officer; whether it was lost.

        The ledger has not the rules nor the mode: a second certificate says `restored`.
        """
        if (await self._streams.state(case_id)).plan is not None:
            return False
        subject = SubjectId(entries[0].subject)
        order = OpenCase(
            scopes=tuple(Scope(Category(entry.category), entry.object) for entry in entries),
            rule_ids=(),
            mode="deleted",
            reason="restored",
            closes_account=any(entry.category == Category.CREDENTIALS for entry in entries),
            due=datetime.fromisoformat(entries[0].at),
        )
        await self._watch.alarm("case_lost", subject, case_id=case_id)
        rules, meta = await self._rules.current(), Metadata.system("restored")
        await self._plan(case_id, subject, order, rules, meta, announced=False)
        return True

    async def earlier(self, meta: Metadata) -> str | None:
        """Return the id of the case that the same request has opened, taken on from there."""
        opened = await self._streams.earlier(meta)
        if opened is not None:
            await self._runner.advance(opened)
        return opened

    async def _plan(
        self,
        case_id: str,
        subject: str,
        order: OpenCase,
        rules: RuleSet,
        meta: Metadata,
        *,
        announced: bool,
    ) -> str:
        now, person = self._clock.now(), SubjectId(subject)
        scopes = tuple(KeyScope(category=s.category, object=s.object) for s in order.scopes)
        plan = PlanCase(
            case_id=case_id,
            subject_id=person,
            scopes=scopes,
            mode=order.mode,
            reason=order.reason,
            rules=tuple(_planned(rules, rule_id) for rule_id in order.rule_ids),
            rules_version=rules.version,
            participants=_participants(person, scopes, order),
            closes_account=order.closes_account,
            due=order.due,
            at=now,
        )
        commands = (plan, RecordNotice(announced, now), OrderServices(self._patience, now))
        return await self._streams.open(case_id, commands, person, meta)


def _planned(rules: RuleSet, rule_id: str) -> PlannedRule:
    rule = rules.rule(rule_id)
    return PlannedRule(rule_id=rule_id, promises=rule.promises if rule else ())


def _participants(
    subject: SubjectId, scopes: tuple[KeyScope, ...], order: OpenCase
) -> tuple[str, ...]:
    public = ErasureOrdered(
        case_id="planned",
        subject_id=subject,
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
