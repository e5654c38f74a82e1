"""Prospects, support requests and staff: given, when, then."""

import pytest

from services.identity.domain.errors import (
    AlreadyResolvedError,
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
APPOINT = tc.AppointStaff(
    STAFF, Personal("Membre Test"), Personal("appui@canari.test"), "support", Personal("hash-1")
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
    NOT_STAFF.refuses(tc.RecordStaffSignIn(), UnknownStaffError)
    NOT_STAFF.refuses(tc.DepartStaff(), UnknownStaffError)
    story = NOT_STAFF.when(APPOINT).then(te.Appointed)
    assert story.state.role == "support"
    story.when(APPOINT).then()
    story.when(tc.RecordStaffSignIn()).then(te.StaffSignedIn)
    chosen = tc.ChangeStaffPassword(Personal("hash-2"))
    renewed = story.when(chosen).then(te.StaffPasswordChanged)
    assert renewed.state.password_hash == Personal("hash-2")
    NOT_STAFF.refuses(chosen, UnknownStaffError)
    departed = story.when(tc.DepartStaff()).then(te.Departed)
    departed.when(tc.DepartStaff()).then()
    departed.refuses(tc.RecordStaffSignIn(), UnknownStaffError)
    departed.refuses(chosen, UnknownStaffError)
