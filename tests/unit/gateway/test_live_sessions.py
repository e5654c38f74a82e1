"""Learners see their sessions and take the files; trainers confirm before everybody is told."""

import json
from http import HTTPStatus

import httpx
import pytest
from icalendar import Calendar

from shared.http.auth import Role
from tests.unit.gateway.conftest import Gateway
from tests.unit.gateway.test_calendars import WINTER

OWN = {
    "session_id": "session-1",
    "module_id": "budget-request",
    "title": "Négocier; demander, obtenir",
    "cohort": None,
    "starts_at": "2025-03-28T09:00:00Z",
    "ends_at": "2025-03-28T10:30:00Z",
    "coming": True,
    "sequence": 4,
}
AWAY = {**OWN, "session_id": "session-2", "coming": False}


def answers(gateway: Gateway, *items: object, **more: object) -> None:
    found = {"items": list(items), **more}
    gateway.services.answer = httpx.Response(HTTPStatus.OK, json=found)


async def test_a_learner_sees_when_to_come_by_their_own_clock(gateway: Gateway) -> None:
    answers(gateway, OWN, AWAY)
    async with gateway.client(Role.LEARNER) as browser:
        browser.cookies.set("__Host-zone", "America|New_York", domain="portal.test")
        page = (await browser.get("/live-sessions")).text

    assert "28 March 2025 at 05:00 (New York, UTC-4)" in page
    assert page.count("I cannot come") == page.count("I come after all") == 1


@pytest.mark.parametrize(
    ("path", "ids"),
    [
        ("/live-sessions/calendar", ["session-1"]),
        ("/live-sessions/session-2/calendar", ["session-2"]),
    ],
)
async def test_a_file_holds_one_session_or_all_that_the_learner_comes_to(
    gateway: Gateway, path: str, ids: list[str]
) -> None:
    answers(gateway, OWN, AWAY)
    async with gateway.client(Role.LEARNER) as browser:
        answer = await browser.get(path)
        unknown = await browser.get("/live-sessions/session-3/calendar")

    calendar = Calendar.from_ical(answer.content)
    assert isinstance(calendar, Calendar)
    assert [str(one["UID"]) for one in calendar.events] == [
        f"{session_id}@sessions.carionexiq.com" for session_id in ids
    ]
    assert {int(str(one["SEQUENCE"])) for one in calendar.events} == {4}
    assert "attachment" in answer.headers["Content-Disposition"]
    assert unknown.status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(("path", "method"), [("absence", "DELETE"), ("return", "PUT")])
async def test_a_learner_says_not_to_come_and_takes_it_back(
    gateway: Gateway, path: str, method: str
) -> None:
    answers(gateway)
    async with gateway.client(Role.LEARNER) as browser:
        form = {"csrf": gateway.csrf(Role.LEARNER)}
        answer = await browser.post(f"/live-sessions/session-1/{path}", data=form)

    assert answer.status_code == HTTPStatus.SEE_OTHER
    (asked,) = gateway.services.requests
    assert (asked.method, asked.url.path) == (method, "/me/live-sessions/session-1/seat")


async def test_nothing_is_moved_or_cancelled_before_it_is_confirmed(gateway: Gateway) -> None:
    answers(gateway, WINTER, page=1, pages=1, total=1)
    form = {"csrf": gateway.csrf(Role.TRAINER)}
    times = {"starts_at": "2025-04-04T10:00", "ends_at": "2025-04-04T11:30"}
    base = "/staff/sessions/session-1"
    async with gateway.client(Role.TRAINER) as browser:
        shown = await browser.get(base)
        asked = await browser.post(f"{base}/move", data={**form, **times})
        off = await browser.post(f"{base}/cancellation", data=form)
        assert {one.method for one in gateway.services.requests} == {"GET"}
        confirm = {**form, **times, "confirm": "yes"}
        await browser.post(f"{base}/move", data=confirm)
        moved = gateway.services.requests[-1]
        await browser.post(f"{base}/cancellation", data={**form, "confirm": "yes"})
        cancelled = gateway.services.requests[-1]
        nowhere = await browser.get("/staff/sessions/session-9")

    assert 'value="2025-03-28T10:00"' in shown.text
    assert "4 April 2025 at 10:00" in asked.text
    assert "Move it and tell everybody" in asked.text
    assert "Cancel it and tell everybody" in off.text
    assert (moved.method, moved.url.path) == ("PUT", "/live-sessions/session-1/times")
    assert json.loads(moved.content)["starts_at"] == "2025-04-04T10:00:00+02:00"
    assert (cancelled.method, cancelled.url.path) == ("DELETE", "/live-sessions/session-1")
    assert nowhere.status_code == HTTPStatus.NOT_FOUND
