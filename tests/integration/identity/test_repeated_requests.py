"""A request about an account, sent again under its key."""

from datetime import timedelta

import pytest

from shared.clock import SystemClock
from shared.events.identity import EmailConfirmationRequested
from shared.http.auth import Role
from tests.callers import Callers
from tests.integration.identity.conftest import PASSWORD, Identity
from tests.integration.repeating import (
    Asked,
    as_replicas,
    check_acts_once,
    check_survives_a_death,
    events_of_requests,
)

EMAIL = "canari@canari.test"
REGISTRATION = Asked(
    "POST",
    "/registrations",
    {"first_name": "Prénom", "last_name": "Nom", "email": EMAIL, "password": PASSWORD},
)
CONTACT = Asked(
    "POST", "/contact-requests", {"name": "Nom", "email": EMAIL, "message": "Bonjour ?"}
)


async def _confirmation(identity: Identity) -> Asked:
    (asked,) = await identity.published("EmailConfirmationRequested")
    assert isinstance(asked.data, EmailConfirmationRequested)
    return Asked("POST", "/confirmations", {"token": await identity.text(asked.data.token)})


async def test_an_account_comes_to_be_once_and_each_change_to_it_too(identity: Identity) -> None:
    client = identity.client
    await check_acts_once(client, REGISTRATION, status=202)
    confirm = await _confirmation(identity)
    learner = (await check_acts_once(client, confirm, status=200)).json()["learner_id"]
    # What ends a session is repeated here as in one that goes on; else it would be refused (401).
    later = SystemClock().now() + timedelta(hours=1)
    callers = Callers(identity.settings.secrets_dir, SystemClock())
    token = callers.token("identity", learner, Role.LEARNER, since=later)
    who = {"Authorization": f"Bearer {token}"}
    for asked, status in (
        (Asked("PATCH", "/me", {"first_name": "Corrigé"}, who), 200),
        (Asked("PUT", "/me/profile", {"goals": "Négocier"}, who), 200),
        (Asked("DELETE", "/sessions?everywhere=true", None, who), 204),
        (Asked("POST", "/me/closure", {"confirm": True}, who), 200),
    ):
        await check_acts_once(client, asked, status=status, key="one-key")
    assert (await check_acts_once(client, CONTACT, status=202)).json() == {}


async def test_a_support_exchange_has_each_message_once(identity: Identity) -> None:
    client = identity.client
    staff = identity.token("staff-1", Role.SUPPORT)
    opened = []
    for learner in ("learner-1", "learner-2"):
        who = identity.token(learner, Role.LEARNER)
        ask = Asked("POST", "/me/support-requests", {"message": "Bonjour ?"}, who)
        answer = await check_acts_once(client, ask, status=201, key="one-key")
        opened.append(answer.json()["request_id"])
        path = f"/support-requests/{opened[-1]}"
        for asked, status in (
            (Asked("POST", f"{path}/replies", {"message": "Bonjour !"}, staff), 201),
            (Asked("POST", f"{path}/resolution", None, staff), 200),
            (Asked("POST", f"{path}/reopening", None, staff), 200),
        ):
            await check_acts_once(client, asked, status=status, key="one-key")
    items = await identity.listed("/support-requests?channel=portal", staff, 2)
    assert {item["id"] for item in items} == set(opened)


async def test_a_member_of_staff_is_appointed_once_and_departs_once(identity: Identity) -> None:
    client, boss = identity.client, identity.token("boss", Role.ADMINISTRATOR)
    body = {"name": "Nom", "email": EMAIL, "role": "trainer", "password": PASSWORD}
    appoint = Asked("POST", "/staff", body, boss)
    staff_id = (await check_acts_once(client, appoint, status=201, key="k")).json()["staff_id"]
    depart = Asked("DELETE", f"/staff/{staff_id}", None, boss)
    await check_acts_once(client, depart, status=204, key="k")
    assert (await appoint.sent(client, "k")).json() == {"staff_id": staff_id}
    assert await events_of_requests(client) == 2


async def test_replicas_that_meet_one_request_at_once_give_one_answer(
    identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_replicas(identity.client, monkeypatch)
    await test_an_account_comes_to_be_once_and_each_change_to_it_too(identity)
    await test_a_support_exchange_has_each_message_once(identity)


async def test_a_request_that_a_death_cut_short_is_done_once(
    identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, boss = identity.client, identity.token("boss", Role.ADMINISTRATOR)
    await check_survives_a_death(client, REGISTRATION, monkeypatch, status=202)
    confirm = await _confirmation(identity)
    await check_survives_a_death(client, confirm, monkeypatch, status=200)
    assert (await identity.sign_in(EMAIL)).status_code == 201
    await check_survives_a_death(client, CONTACT, monkeypatch, status=202)
    body = {"name": "Nom", "email": "p@canari.test", "role": "trainer", "password": PASSWORD}
    appoint = Asked("POST", "/staff", body, boss)
    await check_survives_a_death(client, appoint, monkeypatch, status=201)
    assert (await identity.sign_in("p@canari.test")).status_code == 201
