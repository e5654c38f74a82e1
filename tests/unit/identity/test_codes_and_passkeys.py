"""One-time codes, recovery codes, and whom passkeys are made for."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from services.identity.adapters.one_time_codes import enrolment_uri, new_secret, step_of
from services.identity.adapters.passkeys import (
    Passkeys,
    PasskeysUnavailableError,
    RelyingParty,
    WrongPasskeyError,
    credential_of,
)
from services.identity.adapters.recovery_codes import COUNT, RecoveryCodes
from shared.events.base import SubjectId

RFC_SECRET: Final = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""`12345678901234567890`."""
VECTORS: Final = [(1234567890, "005924"), (1111111109, "081804"), (2000000000, "279037")]
ME: Final = SubjectId("learner-1")


@pytest.mark.promise("C7.3")
@pytest.mark.parametrize(("second", "code"), VECTORS)
def test_codes_are_those_of_rfc_6238_one_step_around_now(second: int, code: str) -> None:
    made = datetime.fromtimestamp(second, UTC)
    for steps, found in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
        read = step_of(RFC_SECRET, code, made + timedelta(seconds=30 * steps))
        assert (read == second // 30) is found


def test_a_secret_has_160_bits_and_its_address_names_the_account() -> None:
    secret = new_secret()
    assert len(secret) == 32
    assert new_secret() != secret
    uri = enrolment_uri(secret, "quelqu'un@canari.test")
    assert uri.startswith("otpauth://totp/carionexiq:")
    assert f"secret={secret}" in uri


@pytest.mark.promise("C7.3")
def test_recovery_codes_are_random_and_kept_as_keyed_hashes_of_one_account() -> None:
    codes, other = RecoveryCodes("a secret"), RecoveryCodes("another secret")
    made = codes.make()
    assert len({*made}) == COUNT
    first = made[0]
    assert len(first.replace("-", "")) == 16
    kept = codes.hash(ME, first)
    assert first not in kept
    assert codes.hash(ME, f" {first.lower().replace('-', ' ')}") == kept
    assert codes.hash(SubjectId("learner-2"), first) != kept
    assert other.hash(ME, first) != kept


@pytest.mark.promise("C7.3")
@pytest.mark.parametrize(
    ("url", "party"),
    [
        ("https://portail.example", ("portail.example", "https://portail.example")),
        ("https://portail.example:8443", ("portail.example", "https://portail.example:8443")),
        ("http://localhost:8000", ("localhost", "http://localhost:8000")),
        ("http://127.0.0.1:8000", ("localhost", "http://localhost:8000")),
        ("http://portail.example", None),
        ("https://192.0.2.7", None),
    ],
)
def test_passkeys_need_tls_and_a_name_outside_this_machine(
    url: str, party: tuple[str, str] | None
) -> None:
    found = RelyingParty.of(url)
    assert (None if found is None else (found.id, found.origin)) == party
    passkeys = Passkeys(found)
    assert passkeys.available == (party is not None)
    if party is None:
        with pytest.raises(PasskeysUnavailableError):
            passkeys.assertion(b"challenge")


@pytest.mark.promise("C7.3")
def test_a_passkey_has_to_verify_its_user_and_to_be_discoverable() -> None:
    passkeys = Passkeys(RelyingParty("localhost", "http://localhost:8000"))
    made = passkeys.enrolment(b"c" * 32, ME, "quelqu'un", [])
    assert made["authenticatorSelection"]["userVerification"] == "required"
    assert made["authenticatorSelection"]["residentKey"] == "required"
    assert passkeys.assertion(b"c" * 32)["userVerification"] == "required"
    assert len({passkeys.new_challenge() for _ in range(10)}) == 10


@pytest.mark.parametrize("answer", [{}, {"id": 3}, {"id": "x", "response": {"userHandle": "é"}}])
def test_an_answer_that_is_none_is_refused(answer: dict[str, object]) -> None:
    passkeys = Passkeys(RelyingParty("localhost", "http://localhost:8000"))
    with pytest.raises(WrongPasskeyError):
        credential_of(answer)
    for verify in (
        lambda: passkeys.verify_enrolment(answer, b"challenge"),
        lambda: passkeys.verify_assertion(answer, b"challenge", "AAAA"),
    ):
        with pytest.raises(WrongPasskeyError):
            verify()


def test_a_code_of_any_characters_is_of_no_time() -> None:
    assert (
        step_of(new_secret(), "é\u0661\u0662\u0663\u0664\u0665", datetime(2025, 1, 12, tzinfo=UTC))
        is None
    )
