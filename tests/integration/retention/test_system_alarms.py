"""The officer is told of late backups and of mail that waits after a restore, until it is over."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from shared.events import identity, notify
from shared.events.base import SubjectId
from shared.http.auth import Role
from shared.stores import Stores
from tests.integration.retention.conftest import START, World
from tests.waiting import eventually

WHO = SubjectId("learner-1")
DAY = timedelta(days=1)


async def alarms(world: World, *kinds: str) -> None:
    """Wait until exactly these alarms stand."""

    async def stand() -> bool:
        await world.sweep()
        found = (await world.get("/alarms"))["items"]
        return sorted(one["kind"] for one in found) == sorted(kinds)

    await eventually(stand)
    assert (await world.get("/status"))["open_alarms"] == len(kinds)


@pytest.mark.promise("C7.5")
async def test_late_backups_and_messages_set_aside_are_alarms_that_end_by_themselves(
    world: World,
) -> None:
    await alarms(world)
    with Stores(world.settings.mongodb_uri, world.settings.namespace) as stores:
        stores.note_backup(START, 24, whole=False)
        world.clock.move_to(START + 2 * DAY)
        await alarms(world)
        world.clock.move_to(START + 2 * DAY + timedelta(minutes=1))
        await alarms(world, "backup_late")
        assert (await world.sweep())["alarms"] == 0, "told once"
        stores.note_backup(world.clock.now(), 24, whole=False)
        await alarms(world, "backup_late")

        for message in ("message-1", "message-2"):
            told = notify.MessageSetAside(subject_id=WHO, message_id=message)
            await world.tell(WHO, told, stream=message)
        await alarms(world, "backup_late", "messages_set_aside")
        stores.note_backup(world.clock.now(), 24, whole=True)
        await alarms(world, "messages_set_aside")
        released = notify.MessageReleased(subject_id=WHO, message_id="message-1")
        await world.tell(WHO, released, stream="message-1")
        await alarms(world, "messages_set_aside")
        discarded = notify.MessageSuppressed(
            subject_id=WHO, message_id="message-2", kind="reminder", reason="sent_before"
        )
        await world.tell(WHO, discarded, stream="message-2")
        await alarms(world)


@pytest.mark.promise("C7.6")
async def test_a_penetration_test_that_is_overdue_is_an_alarm_until_one_is_recorded(
    world: World,
) -> None:
    await alarms(world)
    world.clock.move_to(START + 190 * DAY)
    await alarms(world, "penetration_test_overdue")

    async def ask(path: str, body: Mapping[str, object], expect: int = 201) -> dict[str, str]:
        headers = world.headers("security-1", Role.SECURITY)
        answer = await world.client.post(f"/penetration-tests{path}", json=body, headers=headers)
        assert answer.status_code == expect, answer.text
        return answer.json() if answer.content else {}

    today = world.clock.now().date()
    body = {"done_on": today.isoformat(), "firm": "CABINET-SA", "report": "R-1", "scopes": ["api"]}
    await ask("", {**body, "firm": "une personne"}, 422)
    await ask("", {**body, "done_on": (today + DAY).isoformat()}, 422)
    test = (await ask("", body))["test_id"]
    await alarms(world)
    found = {"reference": "F-1", "weakness": "session", "severity": "critical"}
    finding = (await ask(f"/{test}/findings", found))["finding_id"]
    world.clock.move_to(world.clock.now() + 9 * DAY)
    await alarms(world, "finding_overdue")
    await ask(f"/{test}/findings/{finding}/settlement", {"outcome": "fixed"}, 204)
    await alarms(world)
    (held,) = (await world.get("/penetration-tests"))["items"]
    assert [one["outcome"] for one in held["findings"]] == ["fixed"]


@pytest.mark.promise("C10.1")
@pytest.mark.promise("C6.1")
async def test_a_guarantee_that_ends_is_an_alarm_before_and_after_until_it_is_renewed(
    world: World,
) -> None:
    async def ask(method: str, path: str, body: object, expect: int) -> str:
        headers = world.headers("dpo-1", Role.DPO)
        answer = await world.client.request(method, path, json=body, headers=headers)
        assert answer.status_code == expect, answer.text
        return str(answer.json()["code"]) if expect >= 400 else ""

    last = (START + 90 * DAY).date()
    terms: dict[str, object] = {
        "organisation": "Exemple Inc",
        "country": "US",
        "flows": ["mail_out"],
        "categories": ["contact"],
        "contract": "C-1",
    }
    refused = await ask("POST", "/processors", {"processor_id": "mail", "terms": terms}, 422)
    assert refused == "transfer-refused"
    clauses = {"ground": "standard_clauses", "reference": "SCC-1", "valid_until": last.isoformat()}
    terms = {**terms, "guarantee": clauses}
    await ask("POST", "/processors", {"processor_id": "mail", "terms": terms}, 201)
    await alarms(world)
    world.clock.move_to(START + 40 * DAY)
    assert [(await world.sweep())["processor_reminders"] for _ in range(2)] == [1, 0]
    await alarms(world, "processor_ends_soon")
    world.clock.move_to(START + 91 * DAY)
    await alarms(world, "transfer_refused")
    (shown,) = (await world.get("/processors"))["items"]
    assert shown["refused"] == [{"flow": "mail_out", "reason": "guarantee_over"}]
    renewed = {**terms, "guarantee": {**clauses, "valid_until": "2040-01-01"}}
    await ask("PUT", "/processors/mail", renewed, 204)
    await alarms(world)
    assert [one["organisation"] for one in (await world.get("/recipients"))["items"]] == [
        "Exemple Inc"
    ]
    await ask("DELETE", "/processors/mail", None, 204)
    assert (await world.get("/recipients"))["items"] == []


@pytest.mark.promise("C8.1")
async def test_an_access_file_that_waits_for_a_service_is_an_alarm_until_it_is_complete(
    world: World,
) -> None:
    await alarms(world)
    late = identity.AccessFileDelayed(
        subject_id=WHO,
        file_id="case-1",
        language="fr",
        key_digest="a" * 64,
        services=("notify",),
        since=START,
        attempt=1,
    )
    await world.tell(WHO, late, stream="access-file-case-1")
    await alarms(world, "access_file_late")
    complete = identity.AccessFileCompleted(subject_id=WHO, file_id="case-1", until=START + 7 * DAY)
    await world.tell(WHO, complete, stream="access-file-case-1")
    await alarms(world)
