"""Traces are watched, on the real engines: from a fact to an anomaly, a letter and an answer."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.identity.adapters.reading_log import ReadingLog
from shared.clock import SystemClock
from shared.event_store import Metadata
from shared.events.base import SubjectId
from shared.events.identity import AnomalyDetected, AttackDetected
from shared.events.reading import AnswersCounted, PersonalDataRead
from shared.http.auth import Role
from shared.personal import Category
from tests.geography import city, written
from tests.integration.identity.conftest import PASSWORD, Identity
from tests.integration.identity.test_accounts import EMAIL, confirmed
from tests.waiting import eventually

LYON, SAO_PAULO = "192.0.2.7", "198.51.100.9"


@pytest.fixture(autouse=True)
def geography(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that tells where two invented networks are."""
    cities = {
        "192.0.2.0/24": city(45.76, 4.84, "FR"),
        "198.51.100.0/24": city(-23.55, -46.63, "BR"),
    }
    file = written(tmp_path / "cities.mmdb", cities)
    monkeypatch.setenv("CARIONEXIQ_GEOGRAPHY_FILE", str(file))


async def sign_in(identity: Identity, address: str, browser: str, email: str = EMAIL) -> int:
    body = {"email": email, "password": PASSWORD, "browser": browser}
    headers = {"X-Forwarded-For": address}
    return (await identity.client.post("/sessions", json=body, headers=headers)).status_code


async def watched(identity: Identity) -> None:
    """Run the schedule that judges failures and readings."""
    headers = identity.token("admin-1", Role.ADMINISTRATOR)
    answer = await identity.client.post("/ops/schedules/watch", headers=headers)
    assert answer.status_code == 200, answer.text


@pytest.mark.promise("C1.5", "C7.4", "C7.8")
async def test_a_stolen_password_is_noticed_disowned_and_ends_with_the_password(
    identity: Identity,
) -> None:
    subject = await confirmed(identity)
    assert await sign_in(identity, LYON, "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0") == 201
    assert await sign_in(identity, SAO_PAULO, "Mozilla/5.0 (X11; Linux) Chrome/140.0") == 201
    (found,) = await identity.published("AnomalyDetected")
    anomaly = found.data
    assert isinstance(anomaly, AnomalyDetected)
    assert (anomaly.rule, anomaly.subject_id) == ("impossible-travel", subject)
    assert anomaly.suspicion is not None
    assert anomaly.suspicion.person == subject
    assert anomaly.token is not None
    told = anomaly.model_dump_json()
    assert [part for part in (LYON, SAO_PAULO, "Chrome", '"BR"') if part in told] == []

    token = await identity.text(anomaly.token)
    asked = await identity.client.post("/sign-in-notices/asked", json={"token": token})
    assert asked.json()["country"] == "BR"
    assert asked.json()["device"].startswith("Chrome")
    security = identity.token("security-1", Role.SECURITY)
    (row,) = await identity.listed("/anomalies?state=open", security, 1)
    assert row["anomaly_id"] == anomaly.anomaly_id
    path = f"/anomalies/{anomaly.anomaly_id}"
    shown = (await identity.client.get(path, headers=security)).json()
    assert (shown["seen"]["from"], shown["seen"]["to"]) == ("FR", "BR")
    for role in (Role.SUPPORT, Role.DPO, Role.ADMINISTRATOR):
        refused = await identity.client.get("/anomalies", headers=identity.token("s", role))
        assert refused.status_code == 403, role

    answer = {"token": token, "mine": False}
    assert (await identity.client.post("/sign-in-notices", json=answer)).status_code == 204
    assert await sign_in(identity, LYON, "any") == 401, "the password no longer opens it"
    await identity.published("AnomalyAnswered", "PasswordRecoveryRequested")
    back = await identity.client.post("/sign-in-notices", json={"token": token, "mine": True})
    assert back.status_code == 400, "who has disowned it cannot own it by the same link"

    dismissal = {"reason": "agreed_test"}
    for _ in range(2):
        done = await identity.client.post(f"{path}/dismissal", json=dismissal, headers=security)
        assert done.status_code == 204
    other = {"reason": "own_travel"}
    refused = await identity.client.post(f"{path}/dismissal", json=other, headers=security)
    assert refused.status_code == 409
    await identity.listed("/anomalies?state=false_alarm", security, 1)


@pytest.mark.promise("C7.4")
async def test_tried_lists_and_copied_registers_are_noticed(identity: Identity) -> None:
    subject = await confirmed(identity)
    for number in range(20):
        status = await sign_in(identity, "203.0.113.5", "script", f"liste-{number}@canari.test")
        assert status == 401
    await watched(identity)
    (attack,) = await identity.published("AttackDetected")
    assert isinstance(attack.data, AttackDetected)
    assert attack.data.counts["accounts"] == 20
    assert "203.0.113" not in attack.data.model_dump_json()

    read = PersonalDataRead(
        subject_id=SubjectId(subject),
        service="identity",
        reader="trainer-1",
        role="trainer",
        categories=(Category.CIVIL_IDENTITY,),
    )
    store = identity.app.state.runtime.kernel.store
    meta = Metadata(actor="trainer-1", role="trainer", correlation_id="c")
    await store.append("reading-1", 0, [read], subject=read.subject_id, meta=meta)
    rows = identity.mongo.database("identity").collection("watched_readings")

    async def taken_in() -> bool:
        return await rows.count_documents({"reader": "trainer-1", "subject": subject}) == 1

    await eventually(taken_in)
    clock = SystemClock()
    log = ReadingLog(identity.mongo.database("identity"), clock)
    for number in range(300):
        at = clock.now() - timedelta(seconds=number / 10)
        await log.note(f"reading-{number}", "trainer-1", "trainer", f"learner-{number}", at)
    await watched(identity)
    await watched(identity)
    security = identity.token("security-1", Role.SECURITY)

    async def of_rule(rule: str) -> list[dict[str, Any]]:
        answer = await identity.client.get(f"/anomalies?rule={rule}", headers=security)
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def noticed() -> bool:
        return [one["subject_id"] for one in await of_rule("scraping")] == ["trainer-1"]

    await eventually(noticed)
    assert [one["counts"]["persons"] for one in await of_rule("unrelated-reading")] == [301]
    (row,) = await of_rule("scraping")
    for number in range(20):
        counted = AnswersCounted(
            subject_id=SubjectId(subject),
            service=("learning", "identity")[number % 2],
            role="learner",
            answers=60,
            since=clock.now() - timedelta(minutes=5),
            until=clock.now(),
        )
        await store.append(f"answers-{number}", 0, [counted], subject=counted.subject_id, meta=meta)

    async def automated() -> bool:
        return [one["subject_id"] for one in await of_rule("many-answers")] == [subject]

    await eventually(automated)
    path = f"/anomalies/{row['anomaly_id']}"
    shown = (await identity.client.get(path, headers=security)).json()
    assert shown["suspicion"]["by_itself"] is True
    assert shown["suspicion"]["reader"] == "trainer-1"
