"""The intermediate archive in identity: who is answered with what, for which reason (C2.5)."""

import pytest
from tenacity import AsyncRetrying, stop_after_delay, wait_fixed

from shared.events.archive import ArchivedDataRead
from shared.events.base import SubjectId
from shared.events.retention import ArchiveEntered, ArchiveLeft
from shared.http.auth import Role
from tests.integration.identity.conftest import Identity
from tests.integration.identity.test_accounts import confirmed
from tests.staff_routes import staff_routes

EMAIL = "archive@canari.test"
MESSAGE = "canari-demande"
CANARIES = (EMAIL, MESSAGE, "192.0.2.7", "Prénom", "+33639980001")
REASON = {"Archive-Reason": "rights_request", "Archive-Reference": "DSAR-26-7"}


async def a_learner(identity: Identity) -> tuple[str, str]:
    """Return a learner with an account, traces and a support request, and that request's id."""
    learner = await confirmed(identity, EMAIL)
    assert (await identity.sign_in(EMAIL)).status_code == 201
    own = identity.token(learner, Role.LEARNER)
    asked = await identity.client.post(
        "/me/support-requests", json={"message": MESSAGE}, headers=own
    )
    request: str = asked.json()["request_id"]
    await identity.listed("/support-requests", identity.token("s", Role.SUPPORT), 1)
    await identity.listed("/traces", identity.token("s", Role.SECURITY), 1)
    return learner, request


async def archived(identity: Identity, learner: str, *, so: bool) -> None:
    """Tell the service that the learner is archived, or no longer, and wait until it knows."""
    kind = ArchiveEntered if so else ArchiveLeft
    event = kind(subject_id=SubjectId(learner))
    await identity.deliver(event, learner, f"archive-{so}-{learner}")
    await identity.listed("/learners", identity.token("s", Role.SUPPORT), 0 if so else 1)


async def readings(identity: Identity, count: int) -> list[ArchivedDataRead]:
    """Return the readings that were published, once there are `count`."""
    commits = identity.mongo.database("identity").collection("commits")
    query = {"events.type": "ArchivedDataRead"}
    async for attempt in AsyncRetrying(stop=stop_after_delay(20), wait=wait_fixed(0.02)):
        with attempt:
            assert await commits.count_documents(query) == count
    (first,) = await identity.published("ArchivedDataRead")
    assert isinstance(first.data, ArchivedDataRead)
    return [first.data]


@pytest.mark.promise("C2.5", "C4.2")
async def test_no_route_answers_staff_with_a_word_of_an_archived_person(
    identity: Identity,
) -> None:
    """Every route that staff may call, in every role, found in the application itself."""
    learner, request = await a_learner(identity)
    parameters = {"learner_id": learner, "request_id": request}
    others = ["file", "staff", "passkey", "session", "anomaly", "access", "case", "demand"]
    parameters |= {f"{other}_id": "x" for other in others} | {"recipient": "x"}
    routes = [
        (route, role)
        for route in staff_routes(identity.app, parameters)
        for role in sorted(route.roles)
        if route.path != "/me" and route.method != "DELETE"
    ]
    assert {route.template for route, _ in routes} >= {
        "/learners",
        "/learners/{learner_id}/held-data",
        "/support-requests",
        "/traces",
    }

    async def telling(stated: dict[str, str]) -> dict[tuple[str, Role], set[str]]:
        told: dict[tuple[str, Role], set[str]] = {}
        for route, role in routes:
            headers = identity.token("staff-1", role) | stated
            answer = await identity.client.request(
                route.method, route.path, json={}, headers=headers
            )
            found = {canary for canary in CANARIES if canary in answer.text}
            if found:
                told[route.template, role] = found
        return told

    before = await telling({})
    assert ("/support-requests", Role.SUPPORT) in before, "the canaries are found while in use"
    assert ("/learners/{learner_id}/held-data", Role.DPO) in before
    await archived(identity, learner, so=True)
    assert await telling({}) == {}
    with_reason = await telling(REASON)
    assert set(with_reason) == {
        ("/learners", Role.DPO),
        ("/learners/{learner_id}/held-data", Role.DPO),
        ("/traces", Role.SECURITY),
    }


@pytest.mark.promise("C2.5", "C7.4")
async def test_compliance_states_a_reason_which_is_recorded_before_the_answer(
    identity: Identity,
) -> None:
    learner, _ = await a_learner(identity)
    await archived(identity, learner, so=True)
    officer = identity.token("dpo-1", Role.DPO)
    path = f"/learners/{learner}/held-data"
    missing = await identity.client.get(path, headers=officer)
    assert (missing.status_code, missing.json()["code"]) == (422, "archive-reason-missing")
    for wrong in ({"Archive-Reason": "curiosity"}, REASON | {"Archive-Reference": "Jean Dupont"}):
        refused = await identity.client.get(path, headers=officer | wrong)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid-request")
    assert (await identity.client.get(path, headers=officer | REASON)).status_code == 200
    (read,) = await readings(identity, 1)
    assert (read.reader, read.role, read.service) == ("dpo-1", "dpo", "identity")
    assert (read.reason, read.reference) == ("rights_request", "DSAR-26-7")
    assert {"civil_identity", "contact", "support"} <= set(map(str, read.categories))
    assert not [canary for canary in CANARIES if canary in read.model_dump_json()]

    await archived(identity, learner, so=False)
    assert (await identity.client.get(path, headers=officer)).status_code == 200
    await readings(identity, 1)
