"""The service's wiring, and the only place that knows of it."""

from datetime import timedelta
from functools import partial

from services.learning.adapters.catalogue_files import load_catalogue
from services.learning.adapters.invoice_numbers import InvoiceNumbers
from services.learning.adapters.statistics_pools import StatisticsPools
from services.learning.application.contribution import contributing
from services.learning.application.erase import erase
from services.learning.application.handle import Learning
from services.learning.application.react import reactions
from services.learning.application.release import release_statistics
from services.learning.application.remind import remind
from services.learning.application.seats import fill_seats
from services.learning.application.suggest_next import suggest_next
from services.learning.domain.enrolment.decide import decide as decide_enrolment
from services.learning.domain.enrolment.evolve import evolve as evolve_enrolment
from services.learning.domain.enrolment.state import EnrolmentState
from services.learning.domain.imported.decide import ImportedState
from services.learning.domain.imported.decide import decide as decide_imported
from services.learning.domain.imported.decide import evolve as evolve_imported
from services.learning.domain.invoice.decide import decide as decide_invoice
from services.learning.domain.invoice.evolve import evolve as evolve_invoice
from services.learning.domain.invoice.state import InvoiceState
from services.learning.domain.live_session.decide import decide as decide_live_session
from services.learning.domain.live_session.evolve import evolve as evolve_live_session
from services.learning.domain.live_session.state import LiveSession
from services.learning.domain.recording.decide import decide as decide_recording
from services.learning.domain.recording.evolve import evolve as evolve_recording
from services.learning.domain.recording.state import RecordingState
from services.learning.domain.seat.decide import decide as decide_seat
from services.learning.domain.seat.evolve import evolve as evolve_seat
from services.learning.domain.seat.state import Seat
from services.learning.domain.statistics.decide import decide as decide_statistics
from services.learning.domain.statistics.evolve import evolve as evolve_statistics
from services.learning.domain.statistics.state import StatisticsState
from services.learning.domain.teaching.decide import decide as decide_teaching
from services.learning.domain.teaching.evolve import evolve as evolve_teaching
from services.learning.domain.teaching.state import Teaching
from services.learning.entrypoints.http import routers
from services.learning.entrypoints.problems import PROBLEMS
from services.learning.projections.break_glass import BreakGlass
from services.learning.projections.disputes import Disputes
from services.learning.projections.enrolments import Enrolments
from services.learning.projections.invoices import Invoices
from services.learning.projections.learners import Learners
from services.learning.projections.live_sessions import LiveSessions
from services.learning.projections.staff import Staff
from services.learning.projections.statistics import Statistics
from services.learning.settings import LearningSettings
from shared.archive import ArchiveGate
from shared.command_handler import CommandHandler
from shared.processors.register import ProcessorRegister
from shared.processors.transfers import Transfers
from shared.scheduling import Schedule
from shared.service import Kernel, Service


def bootstrap(kernel: Kernel[LearningSettings]) -> Service:
    """Return the learning service's parts, wired with the kernel."""
    learners, enrolments, invoices, statistics = Learners(), Enrolments(), Invoices(), Statistics()
    staff, live_sessions, break_glass = Staff(), LiveSessions(), BreakGlass()
    disputes = Disputes()
    store = kernel.store
    learning = Learning(
        catalogue=load_catalogue(),
        clock=kernel.clock,
        store=store,
        vault=kernel.vault,
        archive=ArchiveGate("learning", store, kernel.read_model(learners)),
        choices=kernel.choices,
        transfers=Transfers(kernel.read_model(ProcessorRegister()), kernel.clock),
        recording_processor=kernel.settings.recording_processor,
        enrolments=CommandHandler(
            store, initial=EnrolmentState(), decide=decide_enrolment, evolve=evolve_enrolment
        ),
        invoices=CommandHandler(
            store, initial=InvoiceState(), decide=decide_invoice, evolve=evolve_invoice
        ),
        recordings=CommandHandler(
            store, initial=RecordingState(), decide=decide_recording, evolve=evolve_recording
        ),
        imported=CommandHandler(
            store, initial=ImportedState(), decide=decide_imported, evolve=evolve_imported
        ),
        statistics=CommandHandler(
            store, initial=StatisticsState(), decide=decide_statistics, evolve=evolve_statistics
        ),
        teaching=CommandHandler(
            store, initial=Teaching(), decide=decide_teaching, evolve=evolve_teaching
        ),
        live_sessions=CommandHandler(
            store, initial=LiveSession(), decide=decide_live_session, evolve=evolve_live_session
        ),
        seats=CommandHandler(store, initial=Seat(), decide=decide_seat, evolve=evolve_seat),
        invoice_numbers=InvoiceNumbers(kernel.database),
        pools=StatisticsPools(kernel.database, kernel.vault),
        learner_list=kernel.read_model(learners),
        enrolment_list=kernel.read_model(enrolments),
        invoice_list=kernel.read_model(invoices),
        statistics_list=kernel.read_model(statistics),
        staff_list=kernel.read_model(staff),
        live_session_list=kernel.read_model(live_sessions),
        break_glass_list=kernel.read_model(break_glass),
        dispute_list=kernel.read_model(disputes),
    )
    return Service(
        routers=routers(learning),
        projections=[
            learners,
            enrolments,
            invoices,
            statistics,
            staff,
            live_sessions,
            break_glass,
            disputes,
            ProcessorRegister(),
        ],
        reactions=reactions(learning),
        schedules=[
            Schedule("reminders", timedelta(hours=1), partial(remind, learning)),
            Schedule("suggestions", timedelta(hours=1), partial(suggest_next, learning)),
            Schedule("seats", timedelta(minutes=15), partial(fill_seats, learning)),
            Schedule("statistics", timedelta(hours=6), partial(release_statistics, learning)),
        ],
        problems=PROBLEMS,
        erase=partial(erase, learning),
        contribute=contributing(learning),
    )
