"""Every row of the policy's two tables and their reconciliation, given / when / then."""

from datetime import UTC, date, datetime

import pytest

from services.retention.domain.clocks.agenda import agenda, next_at
from services.retention.domain.clocks.clock import ClockState, Phase
from services.retention.domain.clocks.preview import preview
from services.retention.domain.clocks.request import plan_request
from services.retention.domain.life.life import Scope
from shared.events import identity, learning
from shared.events.base import SubjectId
from shared.events.dead_letters import DeadLettersOpened
from shared.personal import Category, Personal
from tests.unit.retention.given import RULES, WHO, Story, on

ACCOUNT_RULES = ("civil-identity", "contact", "credentials", "profile")


def described(story: Story, at: str) -> Story:
    return story.tell(at, identity.ProfileDescribed(learner_id=WHO, goals=Personal("négocier")))


BLOCKED = identity.AccountBlocked(learner_id=WHO, reason="minor_without_agreement")
GLASS = identity.BreakGlassTaken(
    access_id="a",
    subject_id=WHO,
    taken_by="trainer-1",
    role="trainer",
    month="2026-08",
    reason=Personal("une urgence de test, inventée"),
    categories=(Category.LEARNING_HISTORY,),
    until=on("2026-08-30T12:30"),
)
AGREED = identity.GuardianAgreementGranted(learner_id=WHO)


def asked(agreement: str) -> identity.GuardianAgreementRequested:
    return identity.GuardianAgreementRequested(
        learner_id=WHO,
        agreement_id=agreement,
        guardian_email=Personal("g@canary.test"),
        token=Personal("t"),
    )


@pytest.mark.promise("C2.1", "C2.5")
@pytest.mark.parametrize("rule", ACCOUNT_RULES)
def test_an_account_goes_three_years_after_the_last_activity(rule: str) -> None:
    story = described(Story().registers("2026-01-05").confirms("2026-01-05"), "2026-02-01")
    story.signs_in("2026-03-02T10:00")
    assert story.clock(rule).due == on("2029-03-02T10:00")


@pytest.mark.promise("C2.5")
@pytest.mark.parametrize("act", ["signs_in", "asks_support", "consents", "withdraws", "answers"])
def test_any_act_of_the_learner_is_activity(act: str) -> None:
    story = Story().registers("2026-01-05").confirms("2026-01-05")
    getattr(story, act)("2027-06-01")
    assert story.clock("civil-identity").due == on("2030-06-01")


@pytest.mark.promise("C2.1")
def test_never_later_than_three_years_after_the_contract() -> None:
    story = Story().registers("2020-01-05").confirms("2020-01-05").signs_in("2020-01-05")
    story.enrols("2020-01-05", "2021-01-04").signs_in("2023-06-01")
    clock = story.clock("civil-identity")
    assert clock.due == datetime(2024, 1, 4, 23, tzinfo=UTC)  # 5 January 0:00 in Paris
    assert clock.anchor_name == "contract_end"


@pytest.mark.promise("C2.1")
def test_never_while_a_contract_runs() -> None:
    story = Story().registers("2020-01-05").confirms("2020-01-05").signs_in("2020-01-05")
    story.enrols("2020-01-05", "2025-01-04")
    assert story.clock("civil-identity").due == datetime(2025, 1, 4, 23, tzinfo=UTC)


@pytest.mark.promise("C2.1")
def test_a_contract_that_ended_early_ends_then() -> None:
    story = Story().registers("2020-01-05").confirms("2020-01-05").signs_in("2020-01-05")
    story.enrols("2020-01-05", "2021-01-04")
    ended = learning.EnrolmentEnded(learner_id=WHO, enrolment_id="e1", reason="account_closed")
    story.tell("2020-02-01", ended).signs_in("2020-05-01")
    assert story.clock("civil-identity").due == on("2023-02-01")


@pytest.mark.promise("C2.5")
def test_the_archive_starts_at_closure_or_after_six_months() -> None:
    story = Story().registers("2026-01-05").confirms("2026-01-05").signs_in("2026-01-05T10:00")
    clock = story.clock("civil-identity")
    assert clock.archive_from == on("2026-07-05T09:00")  # summer time in Paris
    assert clock.phase(on("2026-07-05")) is Phase.ACTIVE
    assert clock.phase(on("2026-07-06")) is Phase.ARCHIVE
    assert agenda(RULES, story.life(), on("2026-07-06")).archive == "enter"
    story.closes("2026-02-01")
    assert story.clock("civil-identity").archive_from == on("2026-02-01")
    assert story.clock("civil-identity").due == on("2029-02-01"), "closing deletes nothing"


@pytest.mark.promise("C2.2")
def test_the_address_goes_on_withdrawal_only_once_nothing_needs_it() -> None:
    story = Story().registers("2026-01-05").confirms("2026-01-05").signs_in("2026-01-05")
    assert ("contact-withdrawal", "-") not in story.clocks()
    story.consents("2026-01-06").withdraws("2026-02-01")
    clock = story.clock("contact-withdrawal")
    assert clock.state(on("2026-03-01")) is ClockState.WAITING, "the account is open"
    story.asks_support("2026-02-02").closes("2026-02-03")
    assert story.clock("contact-withdrawal").due is None, "a request is open"
    story.is_resolved("2026-02-10")
    assert story.clock("contact-withdrawal").due == on("2026-02-10")
    assert story.clock("contact").due == on("2029-02-03"), "which is only the later of the two"
    case = agenda(RULES, story.life(), on("2026-02-11")).cases[0]
    assert (case.reason, [s.category for s in case.scopes]) == (
        "consent_withdrawn",
        [Category.CONTACT],
    )


@pytest.mark.promise("C2.2")
def test_granting_anew_takes_the_withdrawal_back() -> None:
    story = Story().registers("2026-01-05").confirms("2026-01-05")
    story.withdraws("2026-02-01").consents("2026-02-02")
    assert ("contact-withdrawal", "-") not in story.clocks()


@pytest.mark.promise("C2.3")
def test_learning_history_goes_five_years_after_the_last_login() -> None:
    story = Story().registers("2026-01-05").confirms("2026-01-05").signs_in("2026-01-05")
    story.enrols("2026-01-05", "2027-01-04").answers("2026-03-01").signs_in("2026-04-01")
    clock = story.clock("learning-history", "e1")
    assert (clock.due, clock.then) == (
        on("2031-03-31T22:00").replace(hour=0, day=1, month=4),
        "anonymised",
    )


@pytest.mark.promise("C2.6", "C2.3")
def test_the_earlier_of_certification_and_last_login_wins_per_enrolment() -> None:
    story = Story().registers("2026-01-05").confirms("2026-01-05").signs_in("2026-01-05")
    story.enrols("2026-01-05", "2027-01-04").answers("2026-02-01").is_certified("2026-02-10")
    story.enrols("2026-05-01", "2027-05-01", "e2").answers("2026-06-01", "e2")
    story.signs_in("2028-01-10")
    assert story.clock("learning-history", "e1").due == on("2031-02-10")
    assert story.clock("learning-history", "e1").anchor_name == "certification"
    assert story.clock("learning-history", "e2").due == on("2033-01-10")


@pytest.mark.promise("C2.4", "C2.8")
def test_an_invoice_stays_ten_years_from_the_end_of_its_accounting_year() -> None:
    story = Story().is_invoiced("2026-03-02", "2026-12-31")
    clock = story.clock("invoices", "F1")
    assert clock.due == clock.earliest == datetime(2036, 12, 31, 23, tzinfo=UTC)


@pytest.mark.promise("C2.7")
def test_support_goes_two_years_after_final_resolution_and_reopening_stops_it() -> None:
    story = Story().asks_support("2026-01-10")
    assert story.clock("support", "r1").state(on("2036-01-01")) is ClockState.WAITING
    story.is_resolved("2026-02-10")
    assert story.clock("support", "r1").due == on("2028-02-10")
    story.is_reopened("2027-01-01")
    assert story.clock("support", "r1").state(on("2028-03-01")) is ClockState.WAITING
    story.is_resolved("2027-02-01")
    assert story.clock("support", "r1").due == on("2029-02-01")


@pytest.mark.promise("C2.7", "C2.11")
def test_an_open_request_of_an_account_that_is_gone_is_an_alarm() -> None:
    story = Story().asks_support("2026-01-10").loses_key("2029-01-10", Category.CIVIL_IDENTITY)
    assert story.clock("support", "r1").state(on("2029-01-11")) is ClockState.ALARM


@pytest.mark.promise("C2.9")
def test_a_prospect_goes_three_years_after_the_last_interaction_or_on_conversion() -> None:
    prospect = SubjectId("prospect-1")
    story = Story(prospect).tell(
        "2026-01-01",
        identity.ProspectContacted(
            prospect_id=prospect,
            name=Personal("Nom"),
            email=Personal("p@canary.test"),
            message=Personal("bonjour"),
            language="fr",
        ),
    )
    story.tell("2026-06-01", identity.ProspectInteracted(prospect_id=prospect))
    assert story.clock("prospects").due == on("2029-06-01")
    converted = identity.ProspectConverted(prospect_id=prospect, learner_id=WHO)
    story.tell("2026-07-01", converted)
    assert story.clock("prospects").due == on("2026-07-01")


@pytest.mark.promise("C2.10")
def test_a_recording_stays_thirty_days_unless_kept() -> None:
    story = Story().registers("2026-01-01").confirms("2026-01-01").signs_in("2026-02-01")
    story.is_recorded("2026-02-01")
    assert story.clock("recordings", "rec1").due == on("2026-03-03")
    story.keeps("2026-02-10")
    assert ("recordings", "rec1") not in story.clocks()
    assert story.clock("recordings-kept", "rec1").due == on("2029-02-10")
    story.releases("2026-05-01")
    assert story.clock("recordings", "rec1").due == on("2026-05-01")


@pytest.mark.promise("C1.5")
def test_the_traces_of_a_month_go_six_months_after_the_first() -> None:
    story = Story().leaves_traces("2026-08-31T12:00").leaves_traces("2026-08-30T12:00")
    assert story.clock("technical-traces", "2026-08").due == on("2027-02-28T13:00")
    assert RULES.rule("technical-traces").controllers_choice  # type: ignore[union-attr]


@pytest.mark.promise("C1.5", "C4.2")
def test_why_somebody_broke_the_glass_goes_as_the_traces_do() -> None:
    story = Story().registers("2026-01-01").tell("2026-08-30T12:00", GLASS)
    assert story.clock("technical-traces", "2026-08").due == on("2027-02-28T13:00")
    assert Scope(Category.TECHNICAL_TRACES, "2026-08") in story.life().held


@pytest.mark.promise("C2.11")
def test_the_dead_letters_of_a_month_go_three_months_after_the_first() -> None:
    service = SubjectId("dead-letters-learning")
    opened = DeadLettersOpened(subject_id=service, service="learning", month="2026-01")
    story = Story(service).tell("2026-01-10T12:00", opened).tell("2026-01-20", opened)
    assert story.clock("dead-letters", "2026-01").due == on("2026-04-10T11:00")
    (case,) = agenda(RULES, story.life(), on("2026-04-11")).cases
    assert case.scopes == (Scope(Category.DEAD_LETTERS, "2026-01"),)
    assert agenda(RULES, story.life(), on("2026-04-10")).cases == ()


@pytest.mark.promise("C11.2")
def test_a_minor_without_agreement_goes_seven_days_after_the_block() -> None:
    story = Story().registers("2026-01-01", minor=True)
    clock = story.clock("minor-without-agreement")
    assert clock.state(on("2026-01-02")) is ClockState.ALARM, "nothing was blocked"
    story.tell("2026-01-01T01:00", BLOCKED).tell("2026-01-01T01:00", asked("a1"))
    assert story.clock("minor-without-agreement").due == on("2026-01-08T01:00")
    story.tell("2026-01-04", asked("a2"))
    assert story.clock("minor-without-agreement").due == on("2026-01-08T01:00")
    case = agenda(RULES, story.life(), on("2026-01-08T01:00")).cases[0]
    assert (case.reason, case.closes_account) == ("minor", True)
    assert Scope(Category.MINORITY, "a2") in case.scopes
    story.tell("2026-01-05", AGREED)
    assert ("minor-without-agreement", "-") not in story.clocks()


@pytest.mark.promise("C11.2")
def test_an_agreement_taken_back_starts_seven_days_anew_and_another_one_stops_them() -> None:
    story = Story().registers("2026-01-01", minor=True).tell("2026-01-01", BLOCKED)
    story.tell("2026-01-02", AGREED).tell("2026-06-01", BLOCKED)
    assert story.clock("minor-without-agreement").due == on("2026-06-08")
    story.tell("2026-06-03", AGREED)
    assert ("minor-without-agreement", "-") not in story.clocks()


@pytest.mark.promise("C11.1")
def test_what_is_held_of_a_guardian_goes_once_the_question_is_over() -> None:
    story = Story().registers("2026-01-01", minor=True).tell("2026-01-01", BLOCKED)
    story.tell("2026-01-01", asked("a1")).tell("2026-01-02", asked("a2")).tell("2026-01-02", AGREED)
    refused = identity.GuardianAgreementEnded(learner_id=WHO, agreement_id="a1", how="refused")
    story.tell("2026-01-02", refused)
    (case,) = agenda(RULES, story.life(), on("2026-01-02")).cases
    assert case.scopes == (Scope(Category.MINORITY, "a1"),)
    assert story.clock("minority-over", "a2").state(on("2026-03-01")) is ClockState.WAITING


@pytest.mark.promise("C11.1", "C1.1")
def test_coming_of_age_ends_the_block_and_takes_the_day_of_majority() -> None:
    story = Story().registers("2026-01-01", minor=True).tell("2026-01-01", BLOCKED)
    known = identity.MinorityEstablished(
        learner_id=WHO, found="registration", minority_id="m1", day_kept=True
    )
    story.tell("2026-01-01", known)
    over = identity.MinorityEnded(learner_id=WHO, minority_id="m1", how="of_age")
    story.tell("2026-01-03", over)
    assert ("minor-without-agreement", "-") not in story.clocks()
    (case,) = agenda(RULES, story.life(), on("2026-01-03")).cases
    assert (case.scopes, case.closes_account) == ((Scope(Category.MINORITY, "m1"),), False)


@pytest.mark.promise("C1.1", "C2.11")
def test_a_registration_never_confirmed_goes_after_thirty_days() -> None:
    story = Story().registers("2026-01-01")
    assert story.clock("never-confirmed").due == on("2026-01-31")
    assert ("never-confirmed", "-") not in story.confirms("2026-01-02").clocks()


@pytest.mark.promise("C2.11")
def test_mail_content_goes_after_thirty_days_and_staff_a_year_after_departure() -> None:
    assert Story().gets_mail("2026-01-01").clock("mail-content", "msg1").due == on("2026-01-31")
    staff = SubjectId("staff-1")
    story = Story(staff).tell(
        "2026-01-01",
        identity.StaffAppointed(
            staff_id=staff, role="trainer", name=Personal("N"), email=Personal("n@canary.test")
        ),
    )
    clocks = [c for (rule, _), c in story.clocks().items() if rule == "staff"]
    assert [c.state(on("2030-01-01")) for c in clocks] == [ClockState.WAITING]
    story.tell("2026-06-01", identity.StaffDeparted(staff_id=staff))
    assert story.clock("staff").due == on("2027-06-01")


@pytest.mark.promise("C2.11")
def test_a_missing_anchor_is_an_alarm_and_never_a_date() -> None:
    story = Story().answers("2026-01-01")
    clock = story.clock("learning-history", "e1")
    assert (clock.due, clock.state(on("2050-01-01"))) == (None, ClockState.ALARM)
    assert agenda(RULES, story.life(), on("2026-01-01T00:30")).alarms == (), "it may still come"
    alarms = agenda(RULES, story.life(), on("2026-01-01T02:00")).alarms
    assert [alarm.rule_id for alarm in alarms] == ["learning-history"]


@pytest.mark.promise("C2.8", "C2.11")
def test_contradictory_anchors_are_alarms_and_let_nothing_go() -> None:
    early = Story().is_invoiced("2026-03-02", "2016-12-31").clock("invoices", "F1")
    assert (early.due, early.state(on("2050-01-01"))) == (None, ClockState.ALARM)
    story = Story().registers("2026-01-01").confirms("2026-01-01").signs_in("2026-01-01")
    story.enrols("2026-01-02", "2025-01-01")
    assert story.clock("civil-identity").state(on("2050-01-01")) is ClockState.ALARM
    future = Story().gets_mail("2027-01-01").clock("mail-content", "msg1")
    assert future.state(on("2026-01-01")) is ClockState.ALARM


@pytest.mark.promise("C2.11")
def test_data_that_no_rule_covers_is_an_alarm() -> None:
    life = Story().life()
    life.merge_held(Scope(Category.STAFF, "-"), on("2026-01-01"))
    todo = agenda(RULES, life, on("2026-01-02"))
    assert [alarm.rule_id for alarm in todo.alarms] == ["uncovered"]


@pytest.mark.promise("C6.2", "C8.4")
def test_a_held_clock_does_not_run_out_and_lifting_resumes_it() -> None:
    story = (
        Story().is_recorded("2026-01-01").is_held("2026-01-10", "2026-12-31", Category.RECORDING)
    )
    assert story.clock("recordings", "rec1").state(on("2026-06-01")) is ClockState.HELD
    assert agenda(RULES, story.life(), on("2026-06-01")).cases == ()
    assert agenda(RULES, story.life(), on("2026-12-31")).cases != (), "expiry lifts"
    story.hold_is_lifted("2026-07-01")
    assert story.clock("recordings", "rec1").state(on("2026-07-01")) is ClockState.DUE


@pytest.mark.promise("C6.2")
def test_a_hold_keeps_only_its_categories() -> None:
    story = Story().is_recorded("2026-01-01").gets_mail("2026-01-01")
    story.is_held("2026-01-10", "2026-12-31", Category.RECORDING)
    case = agenda(RULES, story.life(), on("2026-06-01")).cases[0]
    assert [scope.category for scope in case.scopes] == [Category.MAIL_CONTENT]


@pytest.mark.promise("C2.11")
def test_ends_are_announced_once_thirty_days_ahead_and_anew_when_they_move() -> None:
    story = Story().registers("2026-01-05").confirms("2026-01-05").signs_in("2026-01-05")
    life = story.life()
    assert agenda(RULES, life, on("2028-12-05")).announcements == ()
    announced = agenda(RULES, life, on("2028-12-06")).announcements
    assert [(one.rule_id, one.due) for one in announced] == [("civil-identity", on("2029-01-05"))]
    life.merge_first("announced/civil-identity/" + on("2029-01-05").isoformat(), on("2028-12-06"))
    assert agenda(RULES, life, on("2028-12-07")).announcements == ()
    life.merge_last("activity", on("2028-12-20"))
    assert agenda(RULES, life, on("2028-12-21")).announcements == (), "coming back stops it"


@pytest.mark.promise("C8.4")
def test_a_request_leaves_invoices_and_what_is_held() -> None:
    story = Story().registers("2026-01-05").confirms("2026-01-05").signs_in("2026-01-05")
    story.is_invoiced("2026-01-05", "2026-12-31").is_recorded("2026-01-06")
    story.is_held("2026-01-07", "2027-01-01", Category.RECORDING)
    plan = plan_request(RULES, story.life(), on("2026-01-08"))
    assert [s.category for s in plan.goes] == [
        Category.CIVIL_IDENTITY,
        Category.CONTACT,
        Category.CREDENTIALS,
    ]
    assert [(s.clock.category, s.ground) for s in plan.stays] == [
        (Category.PAYMENT, "legal_obligation"),
        (Category.RECORDING, "hold"),
    ]


@pytest.mark.promise("C8.4", "C2.4")
def test_an_invoice_without_its_year_stays_on_request() -> None:
    paid = learning.InvoicePaid(learner_id=WHO, invoice_id="F1", method=Personal("card"))
    story = Story().tell("2026-01-05", paid)
    assert story.clock("invoices", "F1").state(on("2026-01-06")) is ClockState.ALARM
    assert plan_request(RULES, story.life(), on("2050-01-06")).goes == ()


@pytest.mark.promise("C2.11")
def test_what_a_sweep_orders_is_what_the_preview_said() -> None:
    story = Story().registers("2026-01-05").confirms("2026-01-05").signs_in("2026-01-05")
    story.is_recorded("2026-01-06").gets_mail("2026-01-05").leaves_traces("2026-01-05")
    until = on("2026-03-01")
    said = {(d.clock.category, d.clock.object) for d in preview(RULES, story.life(), until)}
    cases = agenda(RULES, story.life(), until).cases
    assert {tuple(scope) for case in cases for scope in case.scopes} == said
    assert said == {(Category.RECORDING, "rec1"), (Category.MAIL_CONTENT, "msg1")}


def test_an_ordered_scope_is_not_ordered_again_and_a_destroyed_one_is_done() -> None:
    story = Story().is_recorded("2026-01-06")
    story.is_ordered("2026-02-10", (Category.RECORDING, "rec1"))
    assert agenda(RULES, story.life(), on("2026-02-11")).cases == ()
    assert story.clock("recordings", "rec1").state(on("2026-02-11")) is ClockState.ORDERED
    story.loses_key("2026-02-10", Category.RECORDING, "rec1")
    assert story.clock("recordings", "rec1").state(on("2026-02-11")) is ClockState.DONE
    assert next_at(RULES, story.life(), on("2026-02-11")) is None


def test_every_category_due_on_one_day_goes_in_one_case_per_mode() -> None:
    story = Story().registers("2026-01-05").confirms("2026-01-05").signs_in("2026-01-05")
    story.enrols("2026-01-05", "2026-02-05").answers("2026-01-05")
    modes = [
        (c.mode, c.closes_account) for c in agenda(RULES, story.life(), on("2032-01-01")).cases
    ]
    assert modes == [("anonymised", False), ("deleted", True)]


def test_the_day_of_the_contract_end_is_a_paris_day() -> None:
    story = Story().enrols("2026-06-01", date(2026, 7, 31).isoformat())
    assert story.life().first["enrolment/e1/access"] == datetime(2026, 7, 31, 22, tzinfo=UTC)


@pytest.mark.promise("C8.1", "C2.11")
def test_an_access_file_goes_when_it_was_fetched_else_seven_days_after_it_was_ready() -> None:
    def asked() -> Story:
        return Story().tell(
            "2026-01-01",
            identity.AccessFileRequested(
                subject_id=WHO, file_id="file1", language="fr", key_digest="a" * 64
            ),
        )

    def ready() -> Story:
        complete = identity.AccessFileCompleted(
            subject_id=WHO, file_id="file1", until=on("2026-01-09")
        )
        return asked().tell("2026-01-02", complete)

    fetched = identity.AccessFileFetched(subject_id=WHO, file_id="file1")
    unfinished = asked().clock("access-file", "file1").due
    assert unfinished == datetime(2026, 3, 31, 23, tzinfo=UTC), "calendar months in Paris"
    assert ready().clock("access-file", "file1").due == on("2026-01-09")
    taken = ready().tell("2026-01-03", fetched)
    assert taken.clock("access-file", "file1").due == on("2026-01-03")
