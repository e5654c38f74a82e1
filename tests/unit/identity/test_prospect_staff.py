"""Prospects and staff: given, when, then."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.identity.domain.errors import (
    AppointmentUnconfirmedError,
    LinkSpentError,
    NotInvitedError,
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
from shared.events.base import SubjectId
from shared.events.registry import EventTypes
from shared.personal import Category, Personal, personal_fields
from tests.unit.identity.given import LEARNER, Given

NO_ONE = Given(prospect_rules.decide, prospect_fold.evolve, NO_PROSPECT)
NOT_STAFF = Given(staff_rules.decide, staff_fold.evolve, NO_STAFF)
STAFF = SubjectId("staff-1")
WRITE = pc.GetInTouch(
    SubjectId("prospect-1"), Personal("Prospect Test"), Personal("prospect@canari.test"), None, "fr"
)
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
def test_each_contact_is_an_interaction_with_the_prospect() -> None:
    story = NO_ONE.when(WRITE).then(pe.ContactMade)
    story.when(WRITE).then(pe.ContactMade)
    assert {f.category for f in personal_fields(pe.ContactMade).values()} == {Category.PROSPECT}


@pytest.mark.promise("C2.9")
def test_a_prospect_becomes_a_learner_once() -> None:
    convert = pc.ConvertProspect(LEARNER)
    story = NO_ONE.when(WRITE).when(convert).then(pe.Converted)
    story.when(convert).then()


def test_who_never_wrote_is_no_prospect() -> None:
    NO_ONE.refuses(pc.ConvertProspect(LEARNER), UnknownRequestError)


def test_a_contact_of_before_there_were_requests_is_still_read() -> None:
    data = {"prospect_id": "p", "name": "N", "email": "e", "message": "m", "language": "fr"}
    assert EventTypes([pe.ContactMade]).decode("ContactMade", 1, data).message == Personal("m")


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


@pytest.mark.promise("C4.3", "C7.3")
def test_only_whom_an_administrator_invited_is_linked_to_a_subject_of_the_provider() -> None:
    link = tc.LinkProvider(Personal("subject-1"), NOW)
    NOT_STAFF.refuses(link, UnknownStaffError)
    NOT_STAFF.refuses(tc.InviteToProvider(NOW), UnknownStaffError)
    appointed = NOT_STAFF.when(APPOINT)
    appointed.refuses(link, NotInvitedError)
    invited = appointed.when(tc.InviteToProvider(NOW)).then(te.ProviderInvited)
    late = tc.LinkProvider(Personal("subject-1"), NOW + timedelta(days=7))
    invited.refuses(late, NotInvitedError)
    linked = invited.when(link).then(te.ProviderLinked)
    assert linked.state.provider_subject == Personal("subject-1")
    linked.refuses(tc.LinkProvider(Personal("subject-2"), NOW), NotInvitedError)
    again = linked.when(tc.InviteToProvider(NOW)).then(te.ProviderInvited)
    assert again.state.provider_subject is None
    departed = invited.when(tc.DepartStaff())
    departed.refuses(link, UnknownStaffError)
    departed.refuses(tc.InviteToProvider(NOW), UnknownStaffError)


@pytest.mark.promise("C7.3")
def test_staff_replace_a_forgotten_password_by_the_last_link_once_and_in_time() -> None:
    hour = NOW + timedelta(hours=1)

    def ask(link: str) -> tc.RequestStaffRecovery:
        return tc.RequestStaffRecovery(link, Personal("token"), NOW, hour)

    def reset(link: str, at: datetime = NOW) -> tc.ResetStaffPassword:
        return tc.ResetStaffPassword(link, Personal("hash-2"), at)

    NOT_STAFF.refuses(ask("link-1"), UnknownStaffError)
    appointed = NOT_STAFF.when(APPOINT)
    appointed.refuses(reset("link-1"), LinkSpentError)
    asked = appointed.when(ask("link-1")).then(te.StaffRecoveryRequested).when(ask("link-2"))
    asked.refuses(reset("link-1"), LinkSpentError)
    asked.refuses(reset("link-2", hour), LinkSpentError)
    done = asked.when(reset("link-2")).then(te.StaffPasswordChanged)
    assert done.state.password_hash == Personal("hash-2")
    done.refuses(reset("link-2"), LinkSpentError)
    asked.when(tc.DepartStaff()).refuses(reset("link-2"), UnknownStaffError)
