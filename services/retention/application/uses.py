"""The table of contents: everything that can be asked of the retention service."""

from dataclasses import dataclass
from datetime import timedelta

from services.retention.adapters.certificate_key import CertificateKey
from services.retention.adapters.clock_store import ClockStore
from services.retention.application.adopting import Adopting
from services.retention.application.case_opening import CaseOpener
from services.retention.application.case_streams import CaseStreams
from services.retention.application.cases import CaseRunner
from services.retention.application.holds import HoldKeeper
from services.retention.application.incidents import IncidentKeeper
from services.retention.application.lives import LifeReader
from services.retention.application.matters import MatterKeeper
from services.retention.application.penetration_tests import PenetrationTests
from services.retention.application.processors import Processors
from services.retention.application.proofs import Proofs
from services.retention.application.proposals import Proposals
from services.retention.application.recomputation import Recomputation
from services.retention.application.request import ErasureRequests
from services.retention.application.rule_book import RuleBook
from services.retention.application.sweep import Sweep
from services.retention.application.trial import Trials
from shared.clock import Clock
from shared.consuming.projections import ReadModel


@dataclass(frozen=True, slots=True)
class Uses:
    """The use cases, wired."""

    rules: RuleBook
    recomputation: Recomputation
    clock: Clock
    lives: LifeReader
    clocks: ClockStore
    cases: CaseRunner
    case_streams: CaseStreams
    case_opener: CaseOpener
    holds: HoldKeeper
    matters: MatterKeeper
    incidents: IncidentKeeper
    penetration_tests: PenetrationTests
    processors: Processors
    proposals: Proposals
    requests: ErasureRequests
    sweep: Sweep
    key: CertificateKey
    proofs: Proofs
    trials: Trials
    adopting: Adopting
    case_list: ReadModel
    hold_list: ReadModel
    matter_list: ReadModel
    proposal_list: ReadModel
    incident_list: ReadModel
    alarm_list: ReadModel
    archive_readings: ReadModel
    readings: ReadModel
    sweep_interval: timedelta
    destruction_delay: timedelta
