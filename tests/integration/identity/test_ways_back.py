"""Ways back into an account, and out: forgotten passwords of staff, lost factors, sessions."""

from datetime import timedelta
from typing import Any

import pytest

from shared.clock import VirtualClock
from shared.events.base import SubjectId
from shared.events.identity import FactorReturnAsked, StaffPasswordRecoveryRequested
from shared.http.auth import Role
from tests.authenticators import app, code_of
from tests.callers import Callers
from tests.integration.identity.conftest import PASSWORD, Identity
from tests.integration.identity.test_accounts import EMAIL, confirmed
from tests.integration.identity.test_second_factor import EMAIL as OF_STAFF
from tests.integration.identity.test_second_factor import (
    appointed,
    by_password,
    complete,
    enrolled,
    pending,
)

NEW = "quatre mots qui ne vont pas"


async def asked(identity: Identity, path: str, **body: Any) -> tuple[int, Any]:
    """Ask without a token and return status and answer."""
    answer = await identity.client.post(path, json=body)
    return answer.status_code, answer.json() if answer.content else None


@pytest.mark.promise("C7.3")
async def test_staff_replace_a_forgotten_password_and_still_need_their_second_factor(
    identity: Identity,
) -> None:
    staff = await appointed(identity)
    authenticator, _ = await enrolled(identity, by_password(identity, staff))
    known = await asked(identity, "/recoveries", email=OF_STAFF)
    assert known == await asked(identity, "/recoveries", email="inconnu@canari.test")
    assert known[0] == 202
    (requested,) = await identity.published("StaffPasswordRecoveryRequested")
    assert isinstance(requested.data, StaffPasswordRecoveryRequested)
    token = await identity.text(requested.data.token)
    assert (await asked(identity, "/passwords", token=token, password="court"))[0] == 422
    assert (await asked(identity, "/passwords", token=token, password=NEW))[0] == 200
    assert (await asked(identity, "/passwords", token=token, password=NEW))[0] == 400
    assert (await identity.sign_in(OF_STAFF)).status_code == 401
    answer = await identity.sign_in(OF_STAFF, NEW)
    assert answer.status_code == 202
    status, _ = await complete(identity, answer.json()["pending"], code_of(authenticator))
    assert status == 201
    await identity.published("StaffPasswordChanged")


@pytest.mark.promise("C7.3")
async def test_a_learner_who_lost_every_factor_waits_a_week_that_anybody_told_can_stop(
    clock: VirtualClock, identity: Identity
) -> None:
    learner = SubjectId(await confirmed(identity))
    callers = Callers(identity.settings.secrets_dir, clock)

    def own() -> dict[str, str]:
        return callers.headers("identity", learner, Role.LEARNER)

    path = "/me/authenticators/totp"
    secret = (await identity.client.post(path, headers=own())).json()["secret"]
    authenticator = app(secret)
    code = {"code": authenticator.code(clock.now())}
    added = await identity.client.post(f"{path}/confirmation", json=code, headers=own())
    assert added.status_code == 200, added.text

    waiting = (await identity.sign_in(EMAIL)).json()["pending"]
    body = {"pending": waiting}
    assert (await asked(identity, "/sessions/pending/factor-return", **body))[0] == 202
    (event,) = await identity.published("FactorReturnAsked")
    assert isinstance(event.data, FactorReturnAsked)
    assert event.data.opens_at == clock.now() + timedelta(days=7)
    token, stop = [await identity.text(one) for one in (event.data.token, event.data.stop_token)]
    status, early = await asked(identity, "/factor-returns/confirmations", token=token)
    assert (status, early["code"]) == (409, "return-too-early")
    assert (await asked(identity, "/factor-returns/confirmations", token=stop))[0] == 400
    clock.move_to(event.data.opens_at)
    assert (await asked(identity, "/factor-returns/confirmations", token=token))[0] == 200
    assert (await asked(identity, "/factor-returns/confirmations", token=token))[0] == 400
    assert (await identity.sign_in(EMAIL)).status_code == 201
    assert (await asked(identity, "/factor-returns/stops", token=stop))[0] == 400


@pytest.mark.promise("C7.3")
async def test_who_did_not_ask_for_it_stops_the_way_back_and_chooses_a_new_password(
    identity: Identity,
) -> None:
    learner = SubjectId(await confirmed(identity))
    own = identity.token(learner, Role.LEARNER)
    path = "/me/authenticators/totp"
    secret = (await identity.client.post(path, headers=own)).json()["secret"]
    code = {"code": code_of(app(secret))}
    assert (await identity.client.post(f"{path}/confirmation", json=code, headers=own)).is_success
    body = {"pending": (await identity.sign_in(EMAIL)).json()["pending"]}
    await asked(identity, "/sessions/pending/factor-return", **body)
    (event,) = await identity.published("FactorReturnAsked")
    assert isinstance(event.data, FactorReturnAsked)
    stop = await identity.text(event.data.stop_token)
    assert (await asked(identity, "/factor-returns/stops", token=stop))[0] == 200
    await identity.published("SessionsEnded", "PasswordRecoveryRequested")
    assert (await identity.sign_in(EMAIL)).status_code == 202


@pytest.mark.promise("C7.4")
async def test_support_ends_the_sessions_of_one_learner_whose_account_stays_open(
    identity: Identity,
) -> None:
    learner = await confirmed(identity)
    for role, status in ((Role.TRAINER, 403), (Role.SUPPORT, 204)):
        answer = await identity.client.delete(
            f"/learners/{learner}/sessions", headers=identity.token("staff-9", role)
        )
        assert answer.status_code == status
    (ended,) = await identity.published("SessionsEnded")
    assert ended.subject == learner
    assert (await identity.sign_in(EMAIL, PASSWORD)).status_code == 201


async def test_of_staff_nobody_takes_the_learners_way_back(identity: Identity) -> None:
    staff = await appointed(identity)
    await enrolled(identity, by_password(identity, staff))
    body = {"pending": await pending(identity)}
    status, told = await asked(identity, "/sessions/pending/factor-return", **body)
    assert (status, told["code"]) == (409, "no-authenticator")
