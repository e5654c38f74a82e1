"""Who takes part in a live session is told of it, of its moves and of its end, once each (C9.1)."""

from datetime import datetime, timedelta
from typing import Any

from services.learning.domain.seat.events import SessionInvited, SessionUninvited
from shared.events.base import SubjectId
from shared.http.auth import Role
from tests.integration.learning.conftest import START, Running
from tests.waiting import eventually

MODULE = "budget-request"


def times(days: int) -> dict[str, str]:
    starts_at = START + timedelta(days=days)
    return {
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=2)).isoformat(),
    }


async def told(learning: Running, learner: str) -> list[tuple[str, int]]:
    """Return what the learner was told: until when it is shown, or why not, and SEQUENCE."""
    store = learning.app.state.runtime.kernel.store
    found = [record.event for record in await store.load_subject(SubjectId(learner))]
    return [
        (one.because if isinstance(one, SessionUninvited) else f"{one.starts_at:%d}", one.sequence)
        for one in found
        if isinstance(one, SessionInvited | SessionUninvited)
    ]


async def until(learning: Running, learner: str, *expected: tuple[str, int]) -> None:
    async def so() -> bool:
        return await told(learning, learner) == list(expected)

    await eventually(so)


async def own(learning: Running, learner: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await learning.get("/me/live-sessions", who=learner))["items"]
    return items


async def test_a_session_is_followed_from_the_plan_to_the_end(learning: Running) -> None:
    early, late = await learning.open_account(), await learning.open_account()
    enrolled = await learning.enrol(early)
    await learning.settled("enrolments", enrolled["enrolment_id"], status="running")
    await learning.assign("anna", MODULE)
    body = {"module_id": MODULE, **times(2)}
    made = await learning.ask("POST", "/live-sessions", who="anna", role=Role.TRAINER, json=body)
    session = made.json()["session_id"]
    await until(learning, early, ("03", 0))
    await learning.settled("live_sessions", session, cancelled=False)
    await learning.enrol(late)
    await until(learning, late, ("03", 0))

    beyond = {"module_id": MODULE, **times(3650)}
    made = await learning.ask("POST", "/live-sessions", who="anna", role=Role.TRAINER, json=beyond)
    await learning.settled("live_sessions", made.json()["session_id"], cancelled=False)
    assert [one["session_id"] for one in await own(learning, early)] == [session]
    path = f"/live-sessions/{session}/times"
    for who, status in (("bruno", 404), ("anna", 204), ("anna", 204)):
        moved = await learning.ask("PUT", path, who=who, role=Role.TRAINER, json=times(3))
        assert moved.status_code == status, moved.text
    for learner in (early, late):
        await until(learning, learner, ("03", 0), ("04", 1))
    await learning.settled("live_sessions", session, moves=1)
    (shown,) = await own(learning, early)
    assert (shown["session_id"], shown["coming"], shown["sequence"]) == (session, True, 1)
    assert datetime.fromisoformat(shown["starts_at"]) == START + timedelta(days=3)
    assert not {"trainer_id", "speaker_id"} & set(shown)

    seat = f"/me/live-sessions/{session}/seat"
    stranger = await learning.open_account()
    assert (await learning.ask("DELETE", seat, who=stranger)).status_code == 404
    assert await own(learning, stranger) == []
    for _ in range(2):
        assert (await learning.ask("DELETE", seat, who=late)).status_code == 204
    assert not (await own(learning, late))[0]["coming"]
    assert (await learning.ask("PUT", seat, who=late)).status_code == 204
    away = ("given_up", 2)
    assert await told(learning, late) == [("03", 0), ("04", 1), away, ("04", 3)]

    ended = await learning.ask("DELETE", f"/me/enrolments/{enrolled['enrolment_id']}", who=early)
    assert ended.status_code == 204, ended.text
    await until(learning, early, ("03", 0), ("04", 1), ("not_enrolled", 2))
    assert await own(learning, early) == []
    gone = await learning.ask("DELETE", f"/live-sessions/{session}", who="anna", role=Role.TRAINER)
    assert gone.status_code == 204
    await until(learning, late, ("03", 0), ("04", 1), away, ("04", 3), ("cancelled", 4))
    run = await learning.ask("POST", "/ops/schedules/seats", role=Role.SYSTEM)
    assert run.json() == {"told": 0}
    assert len(await told(learning, early)) == 3
    assert (await learning.ask("PUT", seat, who=late)).status_code == 409
