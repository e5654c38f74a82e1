"""Signing in with a second factor: what serves once, what nothing by-passes."""

from datetime import timedelta
from typing import Any, Final

import pytest

from deploy.authenticator import Authenticator
from services.identity.application.throttle import SECOND_FACTOR
from shared.clock import SystemClock
from shared.events.base import SubjectId
from shared.http.auth import Role
from shared.http.proof import Proof
from tests.authenticators import app, code_of
from tests.callers import Callers
from tests.integration.identity.conftest import PASSWORD, Identity
from tests.waiting import eventually

EMAIL: Final = "technique@canari.test"
TOTP: Final = "/me/authenticators/totp"


async def appointed(identity: Identity) -> str:
    """Appoint a member of support as the system does, and return the id."""
    body = {"name": "Membre Test", "email": EMAIL, "role": "support", "password": PASSWORD}
    headers = identity.token("system", Role.SYSTEM)
    return str(
        (await identity.client.post("/staff", json=body, headers=headers)).json()["staff_id"]
    )


def by_password(identity: Identity, staff: str, *, minutes_ago: int = 0) -> dict[str, str]:
    """Return the header of a session of staff that rests on the password alone."""
    proof = Proof(SystemClock().now() - timedelta(minutes=minutes_ago), strong=False)
    callers = Callers(identity.settings.secrets_dir, SystemClock())
    token = callers.token("identity", staff, Role.SUPPORT, proof=proof)
    return {"Authorization": f"Bearer {token}"}


async def enrolled(identity: Identity, headers: dict[str, str]) -> tuple[Authenticator, list[str]]:
    """Enrol an authenticator app and return it with the recovery codes."""
    proposed = await identity.client.post(TOTP, headers=headers)
    assert proposed.status_code == 201, proposed.text
    again = await identity.client.get(TOTP, headers=headers)
    assert again.json() == proposed.json()
    authenticator = app(proposed.json()["secret"])
    answer = await identity.client.post(
        f"{TOTP}/confirmation", headers=headers, json={"code": code_of(authenticator)}
    )
    assert answer.status_code == 200, answer.text
    return authenticator, answer.json()["recovery_codes"]


async def pending(identity: Identity) -> str:
    """Give the right password and return the pending sign-in."""
    answer = await identity.sign_in(EMAIL)
    assert answer.status_code == 202
    assert set(answer.json()) == {"pending", "until", "factors"}
    return str(answer.json()["pending"])


async def complete(identity: Identity, token: str, code: str) -> tuple[int, Any]:
    """Give a second factor."""
    body = {"pending": token, "code": code}
    answer = await identity.client.post("/sessions/second-factor", json=body)
    return answer.status_code, answer.json()


def error_of(body: Any) -> str:
    """Return what is wrong with the code."""
    return str(body["errors"][0]["code"])


@pytest.mark.promise("C7.3")
async def test_staff_do_nothing_before_they_have_a_second_factor(identity: Identity) -> None:
    staff = await appointed(identity)
    signed_in = (await identity.sign_in(EMAIL)).json()
    assert (signed_in["role"], signed_in["strong"]) == ("support", False)
    weak = by_password(identity, staff)
    for path in ("/support-requests", "/learners", "/me"):
        answer = await identity.client.get(path, headers=weak)
        assert (answer.status_code, answer.json()["code"]) == (403, "second-factor-required")
    stale = by_password(identity, staff, minutes_ago=11)
    answer = await identity.client.post(TOTP, headers=stale)
    assert answer.json()["code"] == "confirmation-required"
    _, codes = await enrolled(identity, weak)
    assert len(codes) == 10
    # Somebody else who knows the password adds no factor of their own.
    refused = await identity.client.post(TOTP, headers=by_password(identity, staff))
    assert (refused.status_code, refused.json()["code"]) == (403, "confirmation-required")
    (changed,) = await identity.published("AuthenticatorsChanged")
    assert changed.data.model_dump() == {
        "account_id": staff,
        "holder": "staff",
        "change": "totp_added",
        "by": None,
        "until": None,
    }


@pytest.mark.promise("C7.3")
async def test_a_code_completes_a_sign_in_once_and_nothing_of_it_is_readable(
    identity: Identity,
) -> None:
    staff = await appointed(identity)
    authenticator, recovery = await enrolled(identity, by_password(identity, staff))
    token, code = await pending(identity), code_of(authenticator)
    assert error_of((await complete(identity, token, "000000"))[1]) == "code_wrong"
    shown = await identity.client.post("/sessions/pending", json={"pending": token})
    assert set(shown.json()["factors"]) == {"totp", "recovery_code"}
    status, signed_in = await complete(identity, token, code)
    assert (status, signed_in["strong"], signed_in["subject"]) == (201, True, staff)
    # Neither the pending sign-in nor the code serves again.
    assert (await complete(identity, token, code))[1]["code"] == "sign-in-over"
    fresh = await pending(identity)
    assert error_of((await complete(identity, fresh, code))[1]) == "code_spent"
    assert (await complete(identity, fresh, recovery[3].lower()))[0] == 201
    again = await pending(identity)
    assert error_of((await complete(identity, again, recovery[3]))[1]) == "code_spent"
    for database in ("identity", "vault"):
        for name in await identity.mongo.database(database).collection_names():
            rows = await identity.mongo.database(database).collection(name).find({}).to_list(None)
            text = repr(rows)
            for secret in (authenticator.secret, token, recovery[3], recovery[4]):
                assert secret not in text, name


@pytest.mark.promise("C7.3")
async def test_guesses_at_a_code_are_slowed_down(identity: Identity) -> None:
    staff = await appointed(identity)
    authenticator, _ = await enrolled(identity, by_password(identity, staff))
    token = await pending(identity)
    answers = [await complete(identity, token, f"00000{n}") for n in range(SECOND_FACTOR.free)]
    assert {status for status, _ in answers} == {422}
    assert (await complete(identity, token, code_of(authenticator)))[0] == 429


@pytest.mark.promise("C7.3")
async def test_a_new_password_ends_what_the_one_before_has_begun(identity: Identity) -> None:
    staff = await appointed(identity)
    authenticator, _ = await enrolled(identity, by_password(identity, staff))
    token = await pending(identity)
    body = {"current_password": PASSWORD, "password": "quatre mots qui ne vont pas"}
    strong = identity.token(staff, Role.SUPPORT)
    assert (await identity.client.put("/me/password", json=body, headers=strong)).is_success
    assert (await complete(identity, token, code_of(authenticator)))[1]["code"] == "sign-in-over"


@pytest.mark.promise("C7.3")
async def test_a_second_administrator_resets_what_was_lost(identity: Identity) -> None:
    staff = await appointed(identity)
    await enrolled(identity, by_password(identity, staff))
    path = f"/staff/{staff}/authenticator-reset"
    first, second = (identity.token(f"admin-{n}", Role.ADMINISTRATOR) for n in (1, 2))
    assert (await identity.client.post(path, headers=first)).status_code == 202
    assert (await identity.sign_in(EMAIL)).status_code == 202

    async def shown_as_asked() -> bool:
        (member,) = await identity.listed("/staff", second, 1)
        return member.get("reset_asked_by") == "admin-1"

    await eventually(shown_as_asked)
    same = await identity.client.post(f"{path}/confirmation", headers=first)
    assert same.json()["code"] == "same-person"
    assert (await identity.client.post(f"{path}/confirmation", headers=second)).is_success
    assert (await identity.sign_in(EMAIL)).json()["strong"] is False


@pytest.mark.promise("C7.3")
async def test_who_is_signed_in_shows_anew_who_they_are_by_what_the_account_has(
    identity: Identity,
) -> None:
    await identity.register("apprenante@canari.test")
    learner = SubjectId("learner-none")
    headers = identity.token(learner, Role.LEARNER)
    wrong = await identity.client.post(
        "/me/authentication", json={"password": "un autre mot"}, headers=headers
    )
    assert wrong.json()["errors"] == [{"pointer": "/password", "code": "password_wrong"}]
    staff = await appointed(identity)
    authenticator, _ = await enrolled(identity, by_password(identity, staff))
    strong = identity.token(staff, Role.SUPPORT)
    body = {"password": PASSWORD}
    refused = await identity.client.post("/me/authentication", json=body, headers=strong)
    assert refused.json()["code"] == "confirmation-required"
    code = {"code": code_of(authenticator)}
    shown = await identity.client.post("/me/authentication", json=code, headers=strong)
    assert shown.json() == {"strong": True}


@pytest.mark.promise("C7.3")
async def test_a_challenge_serves_once_and_a_forged_answer_opens_nothing(
    identity: Identity,
) -> None:
    made = (await identity.client.post("/passkey-challenges")).json()
    assert made["options"]["userVerification"] == "required"
    body = {"ceremony": made["ceremony"], "credential": {"id": "x", "response": {}}}
    codes = [
        (await identity.client.post("/sessions/passkey", json=body)).json()["code"]
        for _ in range(2)
    ]
    assert codes == ["invalid-passkey", "ceremony-over"]
