"""Support requests: given, when, then (C2.7, C13.4)."""

from datetime import UTC, datetime, timedelta

import pytest

from services.identity.adapters.thread_tokens import ThreadTokens
from services.identity.domain.errors import AlreadyResolvedError, UnknownRequestError
from services.identity.domain.support import commands as c
from services.identity.domain.support import events as e
from services.identity.domain.support.decide import decide
from services.identity.domain.support.evolve import evolve
from services.identity.domain.support.state import NO_REQUEST
from shared.events.base import SubjectId
from shared.events.registry import EventTypes
from shared.personal import Personal, personal_fields
from tests.unit.identity.given import LEARNER, Given

NOW = datetime(2030, 3, 1, 9, tzinfo=UTC)
STAFF = SubjectId("staff-1")
PRIVACY = Personal("Re : protection des donnees")
NOTHING = Given(decide, evolve, NO_REQUEST)
OPEN = c.OpenRequest(LEARNER, "request-1", Personal("Une question"), NOW)
REPLY = c.ReplyToRequest(STAFF, Personal("Une réponse"), Personal("Camille"))
ADD = c.ReceiveMessage(Personal("Encore une question"), NOW + timedelta(days=1))


@pytest.mark.promise("C2.7")
def test_a_request_is_answered_until_its_resolution_and_again_once_reopened() -> None:
    story = NOTHING.when(OPEN).then(e.RequestOpened)
    story.when(OPEN).then()
    story.when(REPLY).then(e.ReplyGiven)
    story.when(c.ReopenRequest()).then()
    resolved = story.when(c.ResolveRequest()).then(e.RequestResolved)
    resolved.when(c.ResolveRequest()).then()
    resolved.refuses(REPLY, AlreadyResolvedError)
    resolved.when(c.ReopenRequest()).then(e.RequestReopened).when(REPLY).then(e.ReplyGiven)


@pytest.mark.promise("C2.7")
def test_what_the_person_adds_reopens_a_resolved_request_and_stops_its_term() -> None:
    story = NOTHING.when(OPEN).when(ADD).then(e.MessageReceived)
    resolved = story.when(c.ResolveRequest())
    again = resolved.when(ADD).then(e.RequestReopened, e.MessageReceived)
    assert not again.state.resolved
    assert again.state.unanswered


@pytest.mark.promise("C2.7")
def test_each_request_has_a_key_of_its_own() -> None:
    for event in (e.RequestOpened, e.MessageReceived, e.ReplyGiven):
        assert personal_fields(event)["message"].object == "request_id"


def test_an_unknown_request_is_refused() -> None:
    NOTHING.refuses(c.ResolveRequest(), UnknownRequestError)
    NOTHING.refuses(ADD, UnknownRequestError)


@pytest.mark.promise("C13.4")
def test_a_request_about_data_protection_has_priority_in_a_queue_of_its_own() -> None:
    usual = NOTHING.when(OPEN)
    urgent = NOTHING.when(c.OpenRequest(LEARNER, "r", Personal("…"), NOW, title=PRIVACY))
    assert (usual.state.queue, urgent.state.queue) == ("support", "privacy")
    assert urgent.events[0].due_at < usual.events[0].due_at
    assert urgent.events[0].due_at == NOW + timedelta(hours=48)


@pytest.mark.promise("C13.4")
def test_a_thread_that_becomes_one_about_data_protection_changes_queues() -> None:
    assigned = NOTHING.when(OPEN).when(c.AssignRequest(STAFF)).then(e.RequestAssigned)
    later = c.ReceiveMessage(Personal("…"), NOW, "email", title=PRIVACY)
    moved = assigned.when(later).then(e.RequestMoved, e.MessageReceived)
    assert (moved.state.queue, moved.state.assignee) == ("privacy", None)
    moved.when(later).then(e.MessageReceived)
    back = moved.when(c.MoveRequest("support", NOW)).then(e.RequestMoved)
    assert back.events[0].due_at == NOW + timedelta(days=5)
    back.when(c.MoveRequest("support", NOW)).then()


def test_taking_a_request_on_twice_is_taking_it_on_once() -> None:
    taken = NOTHING.when(OPEN).when(c.AssignRequest(STAFF)).then(e.RequestAssigned)
    taken.when(c.AssignRequest(STAFF)).then()
    taken.when(c.AssignRequest(None)).then(e.RequestAssigned)


@pytest.mark.promise("C13.4")
def test_who_has_no_account_is_answered_by_mail_in_the_thread() -> None:
    mail = Personal("<1@exemple.test>")
    unknown = c.OpenRequest(
        SubjectId("prospect-1"), "r", Personal("…"), NOW, channel="email", has_account=False,
        mail=mail,
    )  # fmt: skip
    (reply,) = NOTHING.when(unknown).when(REPLY).events
    assert (reply.channel, reply.answers) == ("email", mail)
    (portal,) = NOTHING.when(OPEN).when(REPLY).events
    assert portal.channel == "portal"
    told = c.ReplyToRequest(STAFF, Personal("…"), None, "telephone")
    (spoken,) = NOTHING.when(unknown).when(told).events
    assert spoken.channel == "telephone"


@pytest.mark.promise("C2.9")
def test_a_request_goes_on_under_an_account_with_its_dates_and_whole_history() -> None:
    prospect = c.OpenRequest(
        SubjectId("prospect-1"), "r", Personal("Un"), NOW, channel="form", has_account=False
    )
    opened = NOTHING.when(prospect)
    replied = opened.when(REPLY)
    said = tuple(
        c.Said(event, NOW + timedelta(days=number))
        for number, event in enumerate((*opened.events, *replied.events))
    )
    take = c.TakeOverRequest(LEARNER, "r2", said)
    taken = NOTHING.when(take).then(e.RequestOpened, e.ReplyGiven)
    assert {event.subject_id for event in taken.events} == {LEARNER}
    assert [event.said_at for event in taken.events] == [NOW, NOW + timedelta(days=1)]
    assert (taken.state.subject_id, taken.state.request_id) == (LEARNER, "r2")
    assert taken.state.has_account
    taken.when(take).then()
    (reply,) = taken.when(REPLY).events
    assert reply.channel == "portal"


def test_a_request_of_before_people_without_an_account_had_some_is_still_read() -> None:
    data = {"learner_id": "learner-1", "request_id": "r", "message": "m"}
    opened = EventTypes([e.RequestOpened]).decode("RequestOpened", 1, data)
    assert (opened.subject_id, opened.queue) == ("learner-1", "support")


def test_a_token_leads_to_its_request_in_any_case_and_no_other_does() -> None:
    tokens = ThreadTokens("a secret")
    request = "0198c0de-0000-7000-8000-000000000001"
    token = tokens.token(request)
    assert len("contact+" + token) <= 64
    assert tokens.read(token.upper()) == request
    other = token[:-1] + ("0" if token[-1] != "0" else "1")
    assert [tokens.read(one) for one in (other, token[1:], "", "é" * 48)] == [None] * 4
    assert ThreadTokens("another").read(token) is None
