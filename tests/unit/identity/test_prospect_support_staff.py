"""Prospects, support requests and staff: given, when, then."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.identity.domain.errors import (
    AlreadyResolvedError,
    AppointmentUnconfirmedError,
    RoleTermError,
    SamePersonError,
    UnknownRequestError,
    UnknownStaffError,
)
from services.identity.domain.prospect import commands as pc
from services.identity.domain.prospect import decide as prospect_rules
from services.identity.domain.prospect import events as pe
from services.identity.domain.prospect import evolve as prospect_fold
from services.identity.domain.prospect.state import NO_PROSPECT
from services.identity.domain.staff import commands as tc
from services.identity.domain.staff import decide as staff_rules
from services.identity.domain.staff import events as te
from services.identity.domain.staff import evolve as staff_fold
from services.identity.domain.staff.state import NO_STAFF
from services.identity.domain.support import commands as sc
from services.identity.domain.support import decide as support_rules
from services.identity.domain.support import events as se
from services.identity.domain.support import evolve as support_fold
from services.identity.domain.support.state import NO_REQUEST
from shared.events.base import SubjectId
from shared.personal import Category, Personal, personal_fields
from tests.unit.identity.given import LEARNER, Given

NO_ONE = Given(prospect_rules.decide, prospect_fold.evolve, NO_PROSPECT)
NO_SUPPORT = Given(support_rules.decide, support_fold.evolve, NO_REQUEST)
NOT_STAFF = Given(staff_rules.decide, staff_fold.evolve, NO_STAFF)
STAFF = SubjectId("staff-1")
WRITE = pc.WriteToUs(
    SubjectId("prospect-1"), Personal("Prospect Test"), Personal("prospect@canari.test"),
    Personal("Un besoin"), None, "fr",
)  # fmt: skip
OPEN = sc.OpenRequest(LEARNER, "request-1", Personal("Une question"))
NOW = datetime(2030, 3, 1, 9, tzinfo=UTC)
YEAR = timedelta(days=365)
APPOINT = tc.AppointStaff(
    STAFF,
    Personal("Membre Test"),
    Personal("appui@canari.test"),
    "support",
    Personal("hash-1"),
    by="admin-1",
    at=NOW,
)


@pytest.mark.promise("C1.3", "C2.9")
def test_each_message_and_each_answer_is_an_interaction_with_the_prospect() -> None:
    story = NO_ONE.when(WRITE).then(pe.ContactMade)
    story.when(WRITE).then(pe.ContactMade)
    story.when(pc.RecordInteraction()).then(pe.InteractionRecorded)
    assert {f.category for f in personal_fields(pe.ContactMade).values()} == {Category.PROSPECT}


@pytest.mark.promise("C2.9")
def test_a_prospect_becomes_a_learner_once() -> None:
    convert = pc.ConvertProspect(LEARNER)
    story = NO_ONE.when(WRITE).when(convert).then(pe.Converted)
    story.when(convert).then()
    story.when(pc.RecordInteraction()).then()


def test_who_never_wrote_is_no_prospect() -> None:
    NO_ONE.refuses(pc.RecordInteraction(), UnknownRequestError)
    NO_ONE.refuses(pc.ConvertProspect(LEARNER), UnknownRequestError)


@pytest.mark.promise("C2.7")
def test_a_request_is_answered_until_its_resolution_and_again_once_reopened() -> None:
    reply = sc.ReplyToRequest(STAFF, Personal("Une réponse"), Personal("Camille"))
    story = NO_SUPPORT.when(OPEN).then(se.RequestOpened)
    story.when(OPEN).then()
    story.when(reply).then(se.ReplyGiven)
    story.when(sc.ReopenRequest()).then()
    resolved = story.when(sc.ResolveRequest()).then(se.RequestResolved)
    resolved.when(sc.ResolveRequest()).then()
    resolved.refuses(reply, AlreadyResolvedError)
    resolved.when(sc.ReopenRequest()).then(se.RequestReopened).when(reply).then(se.ReplyGiven)


@pytest.mark.promise("C2.7")
def test_each_request_has_a_key_of_its_own() -> None:
    for event in (se.RequestOpened, se.ReplyGiven):
        assert personal_fields(event)["message"].object == "request_id"


def test_an_unknown_request_is_refused() -> None:
    NO_SUPPORT.refuses(sc.ResolveRequest(), UnknownRequestError)


@pytest.mark.promise("C4.1")
def test_staff_sign_in_from_their_appointment_to_their_departure() -> None:
    NOT_STAFF.refuses(tc.RecordStaffSignIn(NOW), UnknownStaffError)
    NOT_STAFF.refuses(tc.DepartStaff(), UnknownStaffError)
    story = NOT_STAFF.when(APPOINT).then(te.Appointed)
    assert story.state.role == "support"
    story.when(APPOINT).then()
    story.when(tc.RecordStaffSignIn(NOW)).then(te.StaffSignedIn)
    chosen = tc.ChangeStaffPassword(Personal("hash-2"))
    renewed = story.when(chosen).then(te.StaffPasswordChanged)
    assert renewed.state.password_hash == Personal("hash-2")
    NOT_STAFF.refuses(chosen, UnknownStaffError)
    (left,) = story.when(tc.RecordStaffSignOut("session-1")).then(te.StaffSignedOut).events
    assert (left.session_id, left.everywhere) == ("session-1", False)
    NOT_STAFF.refuses(tc.RecordStaffSignOut(everywhere=True), UnknownStaffError)
    departed = story.when(tc.DepartStaff()).then(te.Departed)
    departed.when(tc.DepartStaff()).then()
    departed.refuses(tc.RecordStaffSignIn(NOW), UnknownStaffError)
    departed.refuses(chosen, UnknownStaffError)


@pytest.mark.promise("C4.3")
def test_a_role_ends_by_itself_within_a_year_of_its_assignment() -> None:
    story = NOT_STAFF.when(APPOINT).then(te.Appointed)
    assert story.state.expires_at == NOW + YEAR
    story.when(tc.RecordStaffSignIn(NOW + YEAR - timedelta(seconds=1))).then(te.StaffSignedIn)
    story.refuses(tc.RecordStaffSignIn(NOW + YEAR), UnknownStaffError)
    for wrong in (NOW, NOW - timedelta(days=1), NOW + timedelta(days=367)):
        NOT_STAFF.refuses(replace(APPOINT, expires_at=wrong), RoleTermError)
    set_up = NOT_STAFF.when(replace(APPOINT, by="")).then(te.Appointed)
    assert set_up.state.expires_at is None


@pytest.mark.promise("C4.3")
@pytest.mark.parametrize("role", ["dpo", "administrator"])
def test_the_most_dangerous_roles_count_once_a_second_person_has_agreed(role: str) -> None:
    story = NOT_STAFF.when(replace(APPOINT, role=role)).then(te.Appointed)
    story.refuses(tc.RecordStaffSignIn(NOW), AppointmentUnconfirmedError)
    for same in ("admin-1", STAFF):
        story.refuses(tc.ConfirmAppointment(same), SamePersonError)
    agreed = story.when(tc.ConfirmAppointment("admin-2")).then(te.AppointmentConfirmed)
    agreed.when(tc.ConfirmAppointment("admin-1")).then()
    agreed.when(tc.RecordStaffSignIn(NOW)).then(te.StaffSignedIn)
    story.when(tc.DepartStaff()).refuses(tc.ConfirmAppointment("admin-2"), UnknownStaffError)


def test_the_first_administrator_and_other_roles_need_no_second_person() -> None:
    first = NOT_STAFF.when(replace(APPOINT, role="administrator", by=""))
    first.when(tc.RecordStaffSignIn(NOW)).then(te.StaffSignedIn)
    NOT_STAFF.when(APPOINT).when(tc.RecordStaffSignIn(NOW)).then(te.StaffSignedIn)
