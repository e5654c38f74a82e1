"""Wiring: nothing else knows who works with whom."""

from http import HTTPStatus
from pathlib import Path
from typing import Final, get_args

from services.retention.adapters.certificate_key import CertificateKey
from services.retention.adapters.clock_store import ClockStore
from services.retention.adapters.ledger import ErasureLedger
from services.retention.adapters.ledger_writer import LedgerWriter
from services.retention.application.acts import Acts
from services.retention.application.adopting import Adopting
from services.retention.application.applied import AppliedLedger
from services.retention.application.case_opening import CaseOpener
from services.retention.application.case_streams import CaseStreams
from services.retention.application.cases import CaseRunner
from services.retention.application.come_back import coming_back
from services.retention.application.contribution import contributing
from services.retention.application.forget import Forgetter
from services.retention.application.guard import Guard
from services.retention.application.holds import HoldKeeper
from services.retention.application.incidents import IncidentKeeper
from services.retention.application.key_rotations import KeyRotationRecord
from services.retention.application.lives import LifeReader
from services.retention.application.locks import SubjectLocks
from services.retention.application.matters import MatterKeeper
from services.retention.application.penetration_tests import PenetrationTests
from services.retention.application.processing_record import ProcessingRecords
from services.retention.application.processors import Processors
from services.retention.application.proofs import Proofs
from services.retention.application.proposals import Proposals
from services.retention.application.recomputation import Recomputation
from services.retention.application.request import ErasureRequests
from services.retention.application.restore import lost_cases, reapply
from services.retention.application.rule_book import RuleBook, Source
from services.retention.application.standby import stand_by
from services.retention.application.sweep import Sweep
from services.retention.application.system_watch import SystemWatch
from services.retention.application.trial import Trials
from services.retention.application.uses import Uses
from services.retention.application.watch import Watch
from services.retention.domain.erasure.events import CaseEvent
from services.retention.domain.errors import (
    CaseNotFoundError,
    ConfirmationMissingError,
    NothingToEraseError,
    RuleSetError,
    UnknownSubjectError,
)
from services.retention.domain.hold.events import HoldEvent
from services.retention.domain.incident.events import IncidentEvent, PersonWasTold
from services.retention.domain.key_rotation import KeyEncryptionKeyRotated
from services.retention.domain.matter.events import MatterEvent
from services.retention.domain.penetration_test.events import TestEvent
from services.retention.domain.processor.events import ProcessorEvent
from services.retention.domain.proposal.events import ProposalEvent
from services.retention.domain.ruleset.adoption import RuleSetKept, VersionAdopted
from services.retention.domain.system_alarm import SystemAlarmEvent
from services.retention.domain.watch.events import WatchEvent
from services.retention.entrypoints.adoption import RULE_PROBLEMS, adoption_router
from services.retention.entrypoints.alarms import alarms_router
from services.retention.entrypoints.archive import archive_router
from services.retention.entrypoints.cases import cases_router
from services.retention.entrypoints.dpo import dpo_router
from services.retention.entrypoints.hold_problems import HOLD_PROBLEMS
from services.retention.entrypoints.holds import holds_router
from services.retention.entrypoints.http import http_router
from services.retention.entrypoints.incident_acts import incident_acts_router
from services.retention.entrypoints.incident_problems import INCIDENT_PROBLEMS
from services.retention.entrypoints.incidents import incidents_router
from services.retention.entrypoints.key_rotations import key_rotations_router
from services.retention.entrypoints.matters import matters_router
from services.retention.entrypoints.penetration_tests import (
    PENETRATION_TEST_PROBLEMS,
    penetration_tests_router,
)
from services.retention.entrypoints.processing_record import processing_record_router
from services.retention.entrypoints.processors import PROCESSOR_PROBLEMS, processors_router
from services.retention.entrypoints.proofs import proofs_router
from services.retention.entrypoints.proposals import PROPOSAL_PROBLEMS, proposals_router
from services.retention.entrypoints.trial import trial_router
from services.retention.projections.alarms import Alarms
from services.retention.projections.archive_readings import ArchiveReadings
from services.retention.projections.cases import Cases
from services.retention.projections.holds import Holds
from services.retention.projections.incidents import Incidents
from services.retention.projections.late_access_files import LateAccessFiles
from services.retention.projections.lives import Lives
from services.retention.projections.matters import Matters
from services.retention.projections.messages_aside import MessagesAside
from services.retention.projections.proposals import Proposals as ProposalList
from services.retention.projections.readings import Readings
from services.retention.settings import RetentionSettings
from shared.consuming.reactions import Reaction
from shared.events.base import DomainEvent
from shared.events.erasure import DataErased, StoresSearched
from shared.events.retention import HoldPlaced, RuleSetAdopted
from shared.http.problems import NOT_FOUND, ProblemType
from shared.scheduling import Schedule
from shared.searching.places import Files
from shared.service import Kernel, Service
from shared.settings import ConfigurationError
from shared.topics import SERVICES, events_topic

DOMAIN_EVENTS: Final[tuple[type[DomainEvent], ...]] = (
    *get_args(CaseEvent),
    *get_args(HoldEvent),
    *get_args(MatterEvent),
    *get_args(ProposalEvent),
    *get_args(WatchEvent),
    *get_args(SystemAlarmEvent),
    *get_args(IncidentEvent),
    *get_args(TestEvent),
    *get_args(ProcessorEvent),
    PersonWasTold,
    VersionAdopted,
    RuleSetKept,
    KeyEncryptionKeyRotated,
)

PROBLEMS: dict[type[Exception], ProblemType] = {
    UnknownSubjectError: NOT_FOUND,
    CaseNotFoundError: NOT_FOUND,
    ConfirmationMissingError: ProblemType(
        "confirmation-missing",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Confirmez d'abord : l'effacement est définitif.",
        "Confirm first: erasure is final.",
    ),
    NothingToEraseError: ProblemType(
        "nothing-to-erase",
        HTTPStatus.CONFLICT,
        "Tout ce qui peut être effacé l'est déjà.",
        "Everything that may be erased has been erased.",
    ),
    **HOLD_PROBLEMS,
    **INCIDENT_PROBLEMS,
    **PENETRATION_TEST_PROBLEMS,
    **PROCESSOR_PROBLEMS,
    **RULE_PROBLEMS,
    **PROPOSAL_PROBLEMS,
}


def shipped_rules(path: Path, kernel: Kernel[RetentionSettings]) -> RuleBook:
    """Return the rule sets that are kept, with the one at `path` as what is shipped.

    Raises:
        ConfigurationError: it is missing or wrong; the message names file, line and rule.
    """
    try:
        shipped = Source(path.read_text(encoding="utf-8"), path.name)
        return RuleBook(kernel.store, kernel.clock, shipped)
    except OSError as error:
        raise ConfigurationError(
            f"CARIONEXIQ_RULES_FILE: cannot read {path} ({error.strerror})"
        ) from error
    except RuleSetError as error:
        raise ConfigurationError(f"CARIONEXIQ_RULES_FILE: {error}") from error


def wire(kernel: Kernel[RetentionSettings]) -> tuple[Uses, ErasureLedger, AppliedLedger]:
    """Return the use cases, wired with `kernel`, the ledger they write, and how far it applies."""
    settings, store, clock = kernel.settings, kernel.store, kernel.clock
    rules = shipped_rules(settings.rules_file, kernel)
    locks = SubjectLocks()
    ledger = ErasureLedger(settings.ledger_dir)
    applied = AppliedLedger(ledger, kernel.restorations)
    key = CertificateKey(settings.secrets_dir)
    life_list = kernel.read_model(Lives())
    lives = LifeReader(life_list, store)
    watch = Watch(store)
    case_list, hold_list = kernel.read_model(Cases()), kernel.read_model(Holds())
    clocks = ClockStore(kernel.database)
    recomputation = Recomputation(rules, clocks, lives, clock)
    trials = Trials(rules, lives, clock)
    forgetter = Forgetter(kernel.vault, ledger, clock, applied, kernel.canaries)
    streams = CaseStreams(store)
    cases = CaseRunner(
        streams,
        clock,
        lives=lives,
        watch=watch,
        forgetter=forgetter,
        key=key,
        locks=locks,
        patience=settings.patience,
        delay=settings.destruction_delay,
    )
    opener = CaseOpener(streams, cases, clock, rules, watch=watch, patience=settings.patience)
    matters, matter_list = MatterKeeper(store, clock), kernel.read_model(Matters())
    holds = HoldKeeper(
        store,
        holds=hold_list,
        matter_list=matter_list,
        matters=matters,
        clock=clock,
        locks=locks,
    )
    adopting, proposal_list = Adopting(rules, trials, clock), kernel.read_model(ProposalList())
    acts = Acts(adopting, holds, matters, clock)
    proposals = Proposals(store, clock, acts, proposal_list=proposal_list)
    incident_list = kernel.read_model(Incidents())
    readings = kernel.read_model(Readings())
    archive_readings = kernel.read_model(ArchiveReadings())
    incidents = IncidentKeeper(
        store,
        clock,
        incidents=incident_list,
        lives=life_list,
        readings=(readings, archive_readings),
    )
    penetration_tests = PenetrationTests(store, clock)
    processors = Processors(store, clock)
    uses = Uses(
        rules=rules,
        recomputation=recomputation,
        adopting=adopting,
        clock=clock,
        lives=lives,
        clocks=clocks,
        cases=cases,
        case_streams=streams,
        case_opener=opener,
        holds=holds,
        matters=matters,
        incidents=incidents,
        penetration_tests=penetration_tests,
        processors=processors,
        proposals=proposals,
        requests=ErasureRequests(rules, clock, lives, opener),
        sweep=Sweep(
            clock,
            rules,
            clocks,
            recomputation,
            lives=lives,
            watch=watch,
            cases=cases,
            streams=streams,
            opener=opener,
            holds=holds,
            guard=Guard(forgetter, watch),
            system=SystemWatch(
                store,
                kernel.restorations,
                clock,
                messages_aside=kernel.read_model(MessagesAside()),
                late_files=kernel.read_model(LateAccessFiles()),
                incidents=incident_list,
                tests=penetration_tests,
                processors=processors,
            ),
            incidents=incidents,
            proposals=proposals,
            open_cases=case_list,
        ),
        key=key,
        trials=trials,
        proofs=Proofs(streams, case_list, ledger, key, kernel.vault),
        case_list=case_list,
        hold_list=hold_list,
        matter_list=matter_list,
        proposal_list=proposal_list,
        incident_list=incident_list,
        alarm_list=kernel.read_model(Alarms()),
        archive_readings=archive_readings,
        readings=readings,
        sweep_interval=settings.sweep_interval,
        destruction_delay=settings.destruction_delay,
    )
    return uses, ledger, applied


def bootstrap(kernel: Kernel[RetentionSettings]) -> Service:
    """Wire the retention service."""
    uses, ledger, applied = wire(kernel)
    writer = LedgerWriter(kernel.settings.ledger_dir)

    async def prepare() -> None:
        await stand_by(writer)
        known = await kernel.restorations.applied()
        # Nothing is served before what was forgotten is forgotten again.
        await reapply(ledger, kernel.vault)
        await uses.clocks.prepare()
        await uses.rules.prepare()
        await uses.processors.begin_with(kernel.settings.processors_file)
        # A vault that was put back by other means does not know of the last entries.
        await lost_cases(ledger, uses.case_opener, after=known.entries)
        await kernel.restorations.once("lost cases", lambda: lost_cases(ledger, uses.case_opener))
        await applied.tell()

    async def close() -> None:
        await uses.recomputation.stop()
        writer.release()

    topics = tuple(events_topic(service) for service in SERVICES)
    records = ProcessingRecords(uses.rules, uses.processors)
    return Service(
        routers=[
            http_router(uses),
            dpo_router(uses),
            cases_router(uses),
            holds_router(uses),
            matters_router(uses),
            proposals_router(uses),
            incidents_router(uses),
            incident_acts_router(uses),
            penetration_tests_router(uses.penetration_tests, uses.clock),
            processors_router(uses.processors, uses.clock),
            processing_record_router(records),
            alarms_router(uses),
            archive_router(uses),
            proofs_router(uses),
            trial_router(uses),
            key_rotations_router(KeyRotationRecord(kernel.store), kernel.clock),
            adoption_router(uses),
        ],
        projections=[
            Lives(),
            Cases(),
            Holds(),
            Matters(),
            ProposalList(),
            Incidents(),
            Alarms(),
            ArchiveReadings(),
            MessagesAside(),
            LateAccessFiles(),
            Readings(),
        ],
        reactions=[
            Reaction(
                "acknowledge",
                topics,
                {DataErased: uses.cases.acknowledge, StoresSearched: uses.cases.searched},
            ),
            Reaction(
                "recompute",
                (events_topic("retention"),),
                {RuleSetAdopted: uses.recomputation.begin},
            ),
            Reaction("spare", (events_topic("retention"),), {HoldPlaced: uses.cases.spare}),
            coming_back(Watch(kernel.store)),
            uses.incidents.drafts(),
        ],
        schedules=[Schedule("sweep", kernel.settings.sweep_interval, uses.sweep.run)],
        problems=PROBLEMS,
        contribute=contributing(uses, records),
        searched=[Files(kernel.settings.ledger_dir, lambda _: True)],
        prepare=prepare,
        close=close,
        applies_ledger=True,
    )
