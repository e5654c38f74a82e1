"""The erasure case always ends, whatever crashes, repeats or is late."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

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
from services.retention.domain.erasure.decide import decide
from services.retention.domain.erasure.events import CaseEvent, PlannedRule
from services.retention.domain.erasure.evolve import evolve
from services.retention.domain.erasure.state import Case, Stage, Step
from shared.events.base import SubjectId
from shared.events.erasure import Found, KeyScope, Searched
from shared.personal import Category

SCOPES = (
    KeyScope(category=Category.CONTACT),
    KeyScope(category=Category.RECORDING, object="rec1"),
)
SERVICES = ("identity", "learning", "consent", "notify", "retention")
PATIENCE = timedelta(hours=1)
DELAY = timedelta(hours=5)


class Saga(RuleBasedStateMachine):
    """The pure saga in a world of keys, a ledger, services and holds; any effect may be lost."""

    def __init__(self) -> None:
        super().__init__()
        self.history: list[CaseEvent] = []
        self.now = datetime(2026, 3, 2, tzinfo=UTC)
        self.keys = set(SCOPES)
        self.disabled: dict[KeyScope, datetime] = {}
        """Since when a scope is unreadable."""
        self.destroyed_too_early = False
        self.ledger: list[KeyScope] = []
        self.held: set[KeyScope] = set()
        self.asked: set[str] = set()
        self.destroyed_under_hold = False
        self.leaks: set[str] = set()
        """Services in whose stores something lies in plain."""
        self.found: dict[tuple[int, str], bool] = {}
        """What each service told in each round."""
        self.stubborn = False

    def case(self) -> Case:
        state = Case()
        for event in self.history:
            state = evolve(state, event)
        return state

    def record(self, command: CaseCommand) -> None:
        self.history.extend(decide(command, self.case()))

    @initialize(participants=st.sets(st.sampled_from(SERVICES)))
    def plan(self, participants: set[str]) -> None:
        self.record(
            PlanCase(
                case_id="c1",
                subject_id=SubjectId("s1"),
                scopes=SCOPES,
                mode="deleted",
                reason="term",
                rules=(PlannedRule(rule_id="contact", promises=("C2.2",)),),
                rules_version="2025-01-12",
                participants=tuple(sorted(participants)),
                closes_account=False,
                due=self.now,
                at=self.now,
            )
        )

    @rule(crash=st.booleans())
    def advance(self, crash: bool) -> None:  # noqa: C901 - one case a step
        """Do the next step; on a crash the effect took place and nothing was recorded."""
        case = self.case()
        command: CaseCommand
        match case.next_step(self.now):
            case Step.NOTIFY:
                command = RecordNotice(announced=True, at=self.now)
            case Step.ORDER | Step.ASK_AGAIN:
                self.asked |= set(case.missing)
                command = OrderServices(PATIENCE, self.now)
            case Step.DISABLE:
                if self.spare(crash=crash):
                    return
                for scope in case.undestroyed:
                    self.disabled.setdefault(scope, self.now)
                entries = tuple(f"{n:064d}" for n, _ in enumerate(case.undestroyed))
                command = RecordDisabling(entries, DELAY, self.now)
            case Step.DESTROY:
                if self.spare(crash=crash):
                    return
                for scope in case.undestroyed:
                    self.destroyed_too_early |= self.now < self.disabled[scope] + DELAY
                    if scope not in self.ledger:
                        self.ledger.append(scope)
                    self.keys.discard(scope)
                    self.destroyed_under_hold |= scope in self.held
                entries = tuple(f"{self.ledger.index(s):064d}" for s in case.undestroyed)
                command = RecordDestruction(entries, self.now)
            case Step.ASK_VERIFICATION | Step.ASK_VERIFICATION_AGAIN:
                command = AskVerification(SERVICES, PATIENCE, self.now)
            case Step.REPEAT:
                self.record(OrderServices(PATIENCE, self.now))
                command = AskVerification(SERVICES, PATIENCE, self.now)
            case Step.VERIFY:
                readable = tuple(s for s in case.scopes if s in self.keys)
                command = RecordVerification(readable, PATIENCE, self.now)
            case Step.CERTIFY:
                command = CertifyCase(certificate_of(case, self.now), "sig", "key", self.now)
            case _:
                return
        if not crash:
            self.record(command)

    @rule(crash=st.booleans())
    def a_placed_hold_is_heard_of(self, crash: bool) -> None:
        self.spare(crash=crash)

    def spare(self, *, crash: bool) -> bool:
        """Take out what is held; tell whether there was anything."""
        case = self.case()
        kept = tuple(s for s in case.undestroyed if s in self.held)
        if not kept or case.stage not in (Stage.ACKNOWLEDGED, Stage.DISABLED):
            return False
        for scope in kept:
            self.disabled.pop(scope, None)
        if not crash:
            self.record(WithholdScopes(kept, ("h1",), self.now))
        return True

    @rule(service=st.sampled_from(SERVICES))
    def acknowledge(self, service: str) -> None:
        """Any service acknowledges, also twice, also one that takes no part."""
        if self.case().attempts:
            self.record(RecordAcknowledgement(service, {Category.CONTACT: 1}, self.now))

    @rule(service=st.sampled_from(SERVICES))
    def leak(self, service: str) -> None:
        """A value is left in a store, before anything is found gone."""
        if not self.found:
            self.leaks.add(service)

    @rule(service=st.sampled_from(SERVICES))
    def the_leak_is_mended(self, service: str) -> None:
        self.leaks.discard(service)

    @rule(service=st.sampled_from(SERVICES), late=st.booleans())
    def search(self, service: str, late: bool) -> None:
        """Any service tells what it found in this round or, late, in the one before."""
        number = self.case().round - late
        if number < 1:
            return
        # Who tells again tells the same.
        leaks = self.found.setdefault((number, service), service in self.leaks)
        found = (Found(place=f"mongodb:{service}.x", how="plain", count=1),) if leaks else ()
        self.record(RecordSearch(service, number, Searched(), found, self.now))

    @rule(hours=st.integers(0, 3))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(scope=st.sampled_from(SCOPES))
    def hold(self, scope: KeyScope) -> None:
        if scope in self.keys:
            self.held.add(scope)

    @rule(scope=st.sampled_from(SCOPES))
    def restore_brings_a_key_back(self, scope: KeyScope) -> None:
        """A backup is restored between destruction and verification."""
        if self.case().stage is Stage.DESTROYED and scope in self.ledger:
            self.keys.add(scope)

    @invariant()
    def no_key_goes_before_it_was_unreadable_for_the_whole_delay(self) -> None:
        assert not self.destroyed_too_early

    @invariant()
    def what_is_withheld_is_readable_and_what_the_case_calls_disabled_is_not(self) -> None:
        case = self.case()
        spared_and_not_yet_said = {s for s in case.disabled if s in self.held}
        assert set(case.disabled) - spared_and_not_yet_said <= set(self.disabled)
        assert not set(case.withheld) & set(self.disabled)

    @invariant()
    def no_key_goes_under_a_hold_or_outside_the_ledger(self) -> None:
        assert not self.destroyed_under_hold
        assert set(SCOPES) - self.keys <= set(self.ledger)

    @invariant()
    def a_certificate_says_the_truth(self) -> None:
        case = self.case()
        if case.stage is Stage.CERTIFIED:
            assert not case.missing
            assert set(case.scopes) | set(case.withheld) == set(SCOPES)
            assert set(case.scopes) <= set(self.ledger)
            if case.scopes:
                assert [self.found[case.round, service] for service in SERVICES] == [False] * 5

    def teardown(self) -> None:
        """From wherever it was left, the case ends once everybody answers."""
        self.leaks.clear()
        for _ in range(60):
            self.now += timedelta(hours=24)
            for service in SERVICES:
                self.acknowledge(service)
                self.search(service, late=False)
            self.advance(crash=False)
        assert self.history == [] or self.case().stage is Stage.CERTIFIED


Saga.TestCase.settings = settings(max_examples=80, stateful_step_count=25, deadline=None)
TestSaga = pytest.mark.promise("C8.4", "C2.11")(Saga.TestCase)
