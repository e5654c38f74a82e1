"""Official demands on the real engines: found, sealed, approved, handed over, told (C6.2)."""

import io
import json
import zipfile
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaProducer

from shared.clock import VirtualClock
from shared.disclosures.part import packed, part_json
from shared.events.base import SubjectId
from shared.events.demands import CategoryCount, DisclosurePartComposed
from shared.events.erasure import KeyScope
from shared.events.retention import ErasureOrdered
from shared.held_data import HeldDatum
from shared.http.auth import Role
from shared.packaging import sha256_of
from shared.personal import Category, Personal
from shared.vault import KeyId
from tests.callers import Callers
from tests.integration.identity.conftest import START, Identity
from tests.integration.identity.test_accounts import confirmed
from tests.waiting import eventually

ADDRESS = "canari.vise@canari.test"
OTHER = "autre@canari.test"
DEMAND = {
    "kind": "judicial", "authority": "prosecutor", "article": "cpp-77-1-1",
    "reference": "PV-2031-7", "received_on": "2031-03-02", "due_on": "2031-03-20",
    "persons": [ADDRESS, "inconnue@canari.test"], "categories": ["contact", "learning_history"],
    "secrecy": "until", "secret_until": "2031-04-30",
    "files": [{"name": "requisition.pdf", "content": b64encode(b"%PDF-1.7 requisition").decode()}],
}  # fmt: skip
POINTS = {"holds": ["competent", "legal_basis", "named_scope", "necessary"]}


async def _contribute(identity: Identity, service: str, part: DisclosurePartComposed) -> None:
    """Put another service's part on its topic, sealed as that service would."""
    (data,) = await identity.vault.seal_events([part])
    headers = {
        "ce_id": f"part-{service}-{part.disclosure_id}",
        "ce_source": f"/services/{service}",
        "ce_type": "com.carionexiq.DisclosurePartComposed.v1",
        "ce_time": "2031-03-03T09:00:00+00:00",
        "ce_subject": part.subject_id,
        "ce_stream": f"disclosure-{part.disclosure_id}",
        "ce_sequence": "1",
        "ce_correlationid": "c",
    }
    servers = identity.settings.kafka_bootstrap_servers
    async with AIOKafkaProducer(bootstrap_servers=servers) as producer:
        await producer.send_and_wait(
            f"{identity.settings.namespace}{service}.events",
            json.dumps(data).encode(),
            key=part.subject_id.encode(),
            headers=[(name, value.encode()) for name, value in headers.items()],
        )


def _part(service: str, demand: str, disclosure: str, person: str) -> DisclosurePartComposed:
    held = []
    if service == "learning":
        held.append(
            HeldDatum(
                category=Category.LEARNING_HISTORY,
                object="e1",
                field="answer",
                value="réponse de canari",
                recorded_at=START,
                source="learning",
            )
        )
    content = part_json(service, {person: held})
    told = CategoryCount(person=person, category=Category.LEARNING_HISTORY, count=1)
    return DisclosurePartComposed(
        subject_id=SubjectId(demand),
        disclosure_id=disclosure,
        service=service,
        content=Personal(packed(content) or ""),
        sha256=sha256_of(content),
        size=len(content),
        disclosed=(told,) if held else (),
        withheld=(),
        composed_at=START,
    )


@dataclass
class Desk:
    """Who asks what of the service, at the time that the test's clock shows."""

    identity: Identity
    clock: VirtualClock

    def as_role(self, subject: str, role: Role) -> dict[str, str]:
        """Return the header of somebody signed in now."""
        callers = Callers(self.identity.settings.secrets_dir, self.clock)
        return callers.headers("identity", subject, role)

    async def ask(self, path: str, role: Role = Role.DPO, subject: str = "d1") -> httpx.Response:
        """Return what `path` answers."""
        return await self.identity.client.get(path, headers=self.as_role(subject, role))

    async def send(
        self, path: str, body: object = None, role: Role = Role.DPO, subject: str = "d1"
    ) -> httpx.Response:
        """Return what `path` answers to `body`."""
        headers = self.as_role(subject, role)
        return await self.identity.client.post(path, json=body, headers=headers)

    async def note(self, **fields: object) -> str:
        """Note the demand and return its id."""
        answer = await self.send("/demands", {**DEMAND, **fields})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["demand_id"])

    async def view(self, demand: str, role: Role = Role.DPO) -> dict[str, Any]:
        """Return the demand as it stands."""
        return dict((await self.ask(f"/demands/{demand}", role)).json())

    async def compose(self, demand: str, person: str) -> dict[str, str]:
        """Check and prepare `demand`, and return the disclosure once every part has come."""
        at = f"/demands/{demand}"
        checked = await self.send(f"{at}/check", POINTS)
        assert checked.status_code == 204, checked.text
        prepared = await self.send(f"{at}/disclosure")
        disclosure = str(prepared.json()["disclosure_id"])
        waiting = (await self.view(demand))["disclosure"]["waiting_for"]
        assert {"consent", "learning", "notify"} <= set(waiting), "it says who is awaited"
        for service in ("consent", "learning", "notify"):
            part = _part(service, demand, disclosure, person)
            await _contribute(self.identity, service, part)

        async def so() -> bool:
            return bool((await self.view(demand))["state"] == "composed")

        await eventually(so)
        return {"disclosure_id": disclosure}

    async def told(self, person: str) -> list[Any]:
        """Return what `person` is told."""
        answer = await self.ask("/me/disclosures", Role.LEARNER, person)
        return list(answer.json()["items"])

    async def follow(self) -> None:
        """Run the schedule."""
        run = await self.send("/ops/schedules/demands", None, Role.SYSTEM, "system")
        assert run.status_code == 200, run.text


@pytest.fixture
def desk(clock: VirtualClock, identity: Identity) -> Desk:
    """The service, by the test's clock."""
    return Desk(identity, clock)


def _text_of(handed: httpx.Response) -> str:
    packed_file = b64decode(handed.json()["content"])
    with zipfile.ZipFile(io.BytesIO(packed_file)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist()).decode()


@pytest.mark.promise("C6.2", "C9.4")
async def test_a_demand_is_answered_within_its_scope_and_by_two_persons(desk: Desk) -> None:
    person = await confirmed(desk.identity, ADDRESS)
    await confirmed(desk.identity, OTHER)
    demand = await desk.note()
    at, second = f"/demands/{demand}", Role.ADMINISTRATOR
    view = await desk.view(demand, second)
    assert (view["persons"], view["unknown_persons"]) == ([person], 1)
    assert ADDRESS not in json.dumps(view)
    document = (await desk.ask(f"{at}/document")).json()
    assert b64decode(document["content"]) == b"%PDF-1.7 requisition"
    which = await desk.compose(demand, person)

    # Both sides of the filter, counts first; values for the officer alone.
    view = (await desk.view(demand, second))["disclosure"]
    counted = {(one["category"], one["count"]) for one in view["disclosed"]}
    assert ("learning_history", 1) in counted
    reasons = {(one["category"], one["reason"]) for one in view["withheld"]}
    assert ("civil_identity", "category") in reasons
    assert (await desk.ask(f"{at}/disclosure/values", second)).status_code == 403
    values = (await desk.ask(f"{at}/disclosure/values")).json()["items"]
    shown = {one["value"] for one in values}
    assert {ADDRESS, "réponse de canari"} <= shown
    assert not {"Prénom", OTHER} & shown
    (read,) = await desk.identity.published("PersonalDataRead")
    assert read.subject == demand, "it is recorded, and about the demand while it is secret"

    # Four eyes, then once.
    early = await desk.send(f"{at}/delivery", which)
    assert early.json()["code"] == "disclosure-unapproved"
    alone = await desk.send(f"{at}/disclosure/approval", which)
    assert alone.json()["code"] == "same-preparer"
    agreed = await desk.send(f"{at}/disclosure/approval", which, second, "a1")
    assert agreed.status_code == 204
    whole = _text_of(await desk.send(f"{at}/delivery", which))
    assert ADDRESS in whole
    assert "réponse de canari" in whole
    assert "Prénom" not in whole
    twice = await desk.send(f"{at}/delivery", which)
    assert twice.json()["code"] == "no-disclosure"
    (ended,) = await desk.identity.published("DisclosureEnded")
    assert ended.data.model_dump()["reason"] == "delivered"
    rows = desk.identity.mongo.database("identity").collection("disclosure_parts")

    async def emptied() -> bool:
        row = await rows.find_one({"_id": which["disclosure_id"]})
        return row is not None and row["parts"] == {}

    await eventually(emptied)


@pytest.mark.promise("C6.2")
async def test_the_person_learns_nothing_before_the_ban_ends_and_is_told_once_then(
    desk: Desk,
) -> None:
    person = await confirmed(desk.identity, ADDRESS)
    demand = await desk.note()
    at, which = f"/demands/{demand}", await desk.compose(demand, person)
    await desk.ask(f"{at}/disclosure/values")
    await desk.send(f"{at}/disclosure/approval", which, Role.ADMINISTRATOR, "a1")
    assert (await desk.send(f"{at}/delivery", which)).status_code == 200
    hints = (demand, which["disclosure_id"], "PV-2031-7", "prosecutor", "requisition", "demand")
    for path in ("/me/held-data", "/me/rights-cases", "/me/disclosures", "/me"):
        answer = (await desk.ask(path, Role.LEARNER, person)).text
        assert not [hint for hint in hints if hint in answer], path

    # The ban is extended, and then it ends.
    desk.clock.move_to(datetime(2031, 4, 30, 12, tzinfo=UTC))
    longer = {"secrecy": "until", "secret_until": "2031-05-31"}
    assert (await desk.send(f"{at}/secrecy", longer)).status_code == 204
    desk.clock.move_to(datetime(2031, 5, 2, tzinfo=UTC))
    await desk.follow()
    assert await desk.told(person) == []
    desk.clock.move_to(datetime(2031, 6, 1, tzinfo=UTC))

    async def told() -> bool:
        await desk.follow()
        return len(await desk.told(person)) == 1

    await eventually(told)
    (one,) = await desk.told(person)
    assert (one["authority"], one["was_secret"]) == ("prosecutor", True)
    assert set(one["categories"]) == {"contact", "learning_history"}
    await desk.follow()
    assert len(await desk.told(person)) == 1, "and only once"
    report = (await desk.identity.client.get("/transparency")).json()
    judicial = [row for row in report["rows"] if row["kind"] == "judicial" and row["year"] == 2031]
    assert judicial[0]["received"] is None, "one alone is masked"
    assert judicial[0]["contested"] == 0


@pytest.mark.promise("C6.2", "C8.4")
async def test_an_erasure_takes_what_is_prepared_along_and_nobody_is_told_after_it(
    desk: Desk,
) -> None:
    person = await confirmed(desk.identity, ADDRESS)
    demand = await desk.note(secrecy="none", secret_until=None)
    at, which = f"/demands/{demand}", await desk.compose(demand, person)
    order = ErasureOrdered(
        case_id="c1", subject_id=SubjectId(person), mode="deleted", reason="request",
        scopes=(KeyScope(category=Category.CONTACT, object="elsewhere"),),
        rule_ids=("own-request",), closes_account=False,
    )  # fmt: skip
    await desk.identity.deliver(order, person, "ordered-1")

    async def given_up() -> bool:
        return (await desk.view(demand))["disclosure"] is None

    await eventually(given_up)
    gone = await desk.send(f"{at}/delivery", which)
    assert gone.json()["code"] == "no-disclosure"

    which = await desk.compose(demand, person)
    assert (await desk.send(f"{at}/secrecy", {"secrecy": "open"})).status_code == 204
    agreed = await desk.send(f"{at}/disclosure/approval", which, Role.DPO, "d2")
    assert agreed.status_code == 204
    assert (await desk.send(f"{at}/delivery", which)).status_code == 200
    await desk.identity.vault.destroy(KeyId(person, Category.CONTACT, "-"))
    assert (await desk.send(f"{at}/secrecy", {"secrecy": "none"})).status_code == 204

    async def said() -> bool:
        await desk.follow()
        return bool((await desk.view(demand))["told"] == 0)

    await eventually(said)
    assert await desk.told(person) == []


@pytest.mark.promise("C6.2")
async def test_a_demand_in_bulk_is_contested_and_files_are_looked_at(desk: Desk) -> None:
    demand = await desk.note(persons=[], files=[], secrecy="none", secret_until=None)
    view = await desk.view(demand)
    assert (view["state"], view["contest"]["by_rule"]) == ("contested", True)
    script = {"name": "acte.pdf", "content": b64encode(b"<script>").decode()}
    wrongs: tuple[dict[str, object], ...] = (
        {"files": [script]},
        {"categories": []},
        {"categories": ["demand"]},
        {"since": "2031-02-01", "until": "2031-01-01"},
        {"reference": "Dossier de Jean"},
        {"secret_until": "2020-01-01"},
        {"due_on": "9999-12-31"},
        {"received_on": "0001-01-01"},
    )
    for wrong in wrongs:
        assert (await desk.send("/demands", {**DEMAND, **wrong})).status_code == 422, wrong
    for role in (Role.SUPPORT, Role.TRAINER, Role.LEARNER, Role.SECURITY):
        assert (await desk.ask("/demands", role, "x")).status_code == 403
