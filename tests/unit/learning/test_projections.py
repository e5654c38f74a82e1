"""Read models: given public events, then these documents."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.learning.projections.break_glass import BreakGlass
from services.learning.projections.enrolments import Enrolments
from services.learning.projections.invoices import Invoices
from services.learning.projections.learners import Learners
from services.learning.projections.statistics import Statistics
from shared.consuming.projections import Projection
from shared.events.base import PublicEvent, SubjectId
from shared.events.erasure import KeyScope
from shared.events.identity import (
    AccountBlocked,
    AccountClosed,
    BreakGlassEnded,
    BreakGlassTaken,
    EmailConfirmed,
    GuardianAgreementGranted,
    LearnerRectified,
    LearnerRegistered,
)
from shared.events.learning import (
    CertificationRefused,
    CourseCompleted,
    CourseEnrolled,
    InvoiceIssued,
    InvoicePaid,
    ModuleSuggested,
    StatisticsFigure,
    StatisticsReleased,
    TrainingReminderDue,
)
from shared.events.retention import ArchiveEntered, ArchiveLeft, ErasureOrdered
from shared.personal import Category, Personal, Sealed, personal_fields
from tests.envelopes import enveloped

LEARNER = SubjectId("learner-1")
AT = datetime(2030, 3, 1, tzinfo=UTC)


def sealed(category: Category, field: str, scope: str = "-") -> Personal[Any]:
    return Personal(
        Sealed(subject=LEARNER, category=category, object=scope, field=field, box="Ym94")
    )


def folded(projection: Projection, events: Sequence[PublicEvent]) -> dict[str, dict[str, Any]]:
    documents: dict[str, dict[str, Any]] = {}
    for number, event in enumerate(events, 1):
        envelope = enveloped(event, subject=LEARNER, at=AT, sequence=number)
        for key in projection.keys(envelope):
            document = projection.fold(documents.get(key), envelope)
            if document is None:
                documents.pop(key, None)
            else:
                documents[key] = document
    return documents


REGISTERED = LearnerRegistered(
    learner_id=LEARNER,
    first_name=sealed(Category.CIVIL_IDENTITY, "first_name"),
    last_name=sealed(Category.CIVIL_IDENTITY, "last_name"),
    email=sealed(Category.CONTACT, "email"),
    language="fr",
    minor=True,
)
ENROLLED = CourseEnrolled(
    learner_id=LEARNER, enrolment_id="e-1", module_id="m-1", access_until=AT.date()
)
FACT = {"learner_id": LEARNER, "enrolment_id": "e-1", "module_id": "m-1"}


def ordered(*scopes: KeyScope, closes_account: bool = False) -> ErasureOrdered:
    return ErasureOrdered(
        case_id="case-1", subject_id=LEARNER, scopes=scopes, mode="deleted", reason="term",
        rule_ids=("r",), closes_account=closes_account,
    )  # fmt: skip


@pytest.mark.promise("C1.1", "C4.2")
def test_learners_keep_sealed_names_and_no_contact_data() -> None:
    document = folded(Learners(), [REGISTERED, EmailConfirmed(learner_id=LEARNER)])[LEARNER]
    assert document["first_name"]["box"] == "Ym94"
    assert document["confirmed"]
    assert "email" not in document


@pytest.mark.promise("C8.2")
def test_a_rectified_name_replaces_the_old_one_alone() -> None:
    new = Personal[str](
        Sealed(subject=LEARNER, category=Category.CIVIL_IDENTITY, field="last_name", box="bmV1Zg==")
    )
    rectified = LearnerRectified(learner_id=LEARNER, last_name=new)
    document = folded(Learners(), [REGISTERED, rectified])[LEARNER]
    assert document["last_name"]["box"] == "bmV1Zg=="
    assert document["first_name"]["box"] == "Ym94"
    assert document["language"] == "fr"


@pytest.mark.promise("C11.1", "C2.5")
def test_learners_follow_the_standing_of_the_account() -> None:
    blocked = AccountBlocked(learner_id=LEARNER, reason="minor_without_agreement")
    events: list[PublicEvent] = [REGISTERED, blocked]
    assert folded(Learners(), events)[LEARNER]["blocked"]
    events.append(GuardianAgreementGranted(learner_id=LEARNER))
    assert not folded(Learners(), events)[LEARNER]["blocked"]
    events += [ArchiveEntered(subject_id=LEARNER)]
    assert folded(Learners(), events)[LEARNER]["archived"]
    events += [ArchiveLeft(subject_id=LEARNER)]
    assert not folded(Learners(), events)[LEARNER]["archived"]
    events += [AccountClosed(learner_id=LEARNER, reason="learner")]
    assert folded(Learners(), events)[LEARNER]["closed"]


@pytest.mark.promise("C8.4", "C2.5")
def test_an_erasure_takes_the_documents_of_its_scopes_and_no_others() -> None:
    names = KeyScope(category=Category.CIVIL_IDENTITY)
    answers = KeyScope(category=Category.LEARNING_HISTORY, object="e-1")
    assert folded(Learners(), [REGISTERED, ordered(names)]) == {}
    assert folded(Learners(), [REGISTERED, ordered(answers)]) != {}
    assert folded(Learners(), [REGISTERED, ordered(closes_account=True)]) == {}
    assert folded(Enrolments(), [ENROLLED, ordered(answers)]) == {}
    assert folded(Enrolments(), [ENROLLED, ordered(names)]) != {}


def test_enrolments_tell_what_awaits_a_trainer_and_what_is_idle() -> None:
    events: list[PublicEvent] = [ENROLLED, TrainingReminderDue(**FACT)]
    assert folded(Enrolments(), events)["e-1"]["reminded"]
    events.append(CourseCompleted(**FACT))
    assert folded(Enrolments(), events)["e-1"]["status"] == "completed"
    assert not folded(Enrolments(), events)["e-1"]["suggested"]
    suggested = ModuleSuggested(**FACT, suggested_module_id="m-2", due_since=AT)
    assert folded(Enrolments(), [*events, suggested])["e-1"]["suggested"]
    events.append(CertificationRefused(**FACT, staff_id=SubjectId("s")))
    assert folded(Enrolments(), events)["e-1"]["status"] == "refused"
    events.append(CourseCompleted(**FACT))
    assert folded(Enrolments(), events)["e-1"]["status"] == "completed"


@pytest.mark.promise("C4.2", "C2.8")
def test_invoices_hold_payment_and_nothing_of_teaching() -> None:
    issued = InvoiceIssued(
        learner_id=LEARNER,
        invoice_id="F2030-000001",
        enrolment_id="e-1",
        accounting_year_end=AT.date(),
        billing_name=sealed(Category.PAYMENT, "billing_name", "F2030-000001"),
        amount_cents=sealed(Category.PAYMENT, "amount_cents", "F2030-000001"),
    )
    paid = InvoicePaid(
        learner_id=LEARNER,
        invoice_id="F2030-000001",
        method=sealed(Category.PAYMENT, "method", "F2030-000001"),
    )
    document = folded(Invoices(), [issued, paid])["F2030-000001"]
    assert document["paid_at"] == AT
    assert not {"module_id", "title", "score", "answer", "enrolment_id"} & document.keys()
    scope = KeyScope(category=Category.PAYMENT, object="F2030-000001")
    assert folded(Invoices(), [issued, paid, ordered(scope)]) == {}


@pytest.mark.promise("C2.6", "C9.3")
def test_statistics_add_up_and_outlive_every_erasure() -> None:
    enrolled = StatisticsFigure(scope="2030-Q1", about="enrolments", level=0, counts={"all": 24})
    passed = StatisticsFigure(
        scope="2030-Q1", about="exercise:quiz", level=1, counts={"once": 14, "other": 10}
    )
    first = StatisticsReleased(module_id="m-1", period="2035-Q3", figures=(enrolled, passed))
    second = StatisticsReleased(module_id="m-1", period="2035-Q4", figures=(enrolled,))
    everything = ordered(
        KeyScope(category=Category.LEARNING_HISTORY, object="e-1"), closes_account=True
    )
    assert folded(Statistics(), [first, second, everything])["m-1"] == {
        "module_id": "m-1",
        "period": "2035-Q4",
        "figures": [
            {"scope": "2030-Q1", "about": "enrolments", "level": 0, "counts": [["all", 48]]},
            {
                "scope": "2030-Q1",
                "about": "exercise:quiz",
                "level": 1,
                "counts": [["once", 14], ["other", 10]],
            },
        ],
    }


@pytest.mark.promise("C2.6")
def test_a_release_names_neither_person_nor_enrolment() -> None:
    assert not personal_fields(StatisticsReleased)
    assert StatisticsReleased.model_fields.keys() == {"module_id", "period", "figures"}
    assert StatisticsFigure.model_fields.keys() == {"scope", "about", "level", "counts"}


def taken(access_id: str, until: datetime) -> BreakGlassTaken:
    return BreakGlassTaken(
        access_id=access_id,
        subject_id=LEARNER,
        taken_by="trainer-1",
        role="trainer",
        month="2030-03",
        reason=sealed(Category.TECHNICAL_TRACES, "reason", "2030-03"),
        categories=(Category.LEARNING_HISTORY,),
        until=until,
    )


@pytest.mark.promise("C4.2", "C6.3")
def test_break_glass_knows_who_until_when_and_forgets_what_is_over() -> None:
    soon = AT + timedelta(minutes=30)
    given = [taken("over", AT), taken("a", soon), taken("b", soon)]
    mine = {"taken_by": "trainer-1", "until": soon}
    assert folded(BreakGlass(), given) == {LEARNER: {"accesses": {"a": mine, "b": mine}}}
    ended = BreakGlassEnded(
        access_id="a", subject_id=LEARNER, cause="given_back", ended_by="trainer-1"
    )
    assert folded(BreakGlass(), [*given, ended]) == {LEARNER: {"accesses": {"b": mine}}}
    gone = ordered(KeyScope(category=Category.CIVIL_IDENTITY), closes_account=True)
    assert folded(BreakGlass(), [*given, gone]) == {}
