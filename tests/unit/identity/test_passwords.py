"""Passwords are known as argon2id hashes alone."""

from typing import Any

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerificationError
from argon2.low_level import Type

from services.identity.adapters.passwords import HashingFailedError, Passwords
from services.identity.settings import IdentitySettings

PASSWORD = "un mot de passe de test"


def passwords(time_cost: int = 1) -> Passwords:
    settings: dict[str, Any] = {
        "link_secret": "a secret for the tests alone",
        "argon2_time_cost": time_cost,
        "argon2_memory_kib": 64,
        "argon2_parallelism": 1,
    }
    return Passwords(IdentitySettings(**settings))


@pytest.mark.promise("C7.2")
async def test_a_hash_is_argon2id_salted_and_verifiable() -> None:
    hasher = passwords()
    first, second = await hasher.hash(PASSWORD), await hasher.hash(PASSWORD)
    assert extract_parameters(first).type is Type.ID
    assert first != second
    assert PASSWORD not in first
    assert (await hasher.verify(PASSWORD, first)).right
    assert (await hasher.verify(PASSWORD, first)).rehashed is None
    assert not (await hasher.verify("autre mot de passe", first)).right


@pytest.mark.promise("C7.2")
async def test_a_hash_with_old_parameters_is_renewed_when_the_password_was_right() -> None:
    old = await passwords(time_cost=1).hash(PASSWORD)
    hasher = passwords(time_cost=2)
    renewed = (await hasher.verify(PASSWORD, old)).rehashed
    assert renewed is not None
    assert extract_parameters(renewed).time_cost == 2
    assert (await hasher.verify(PASSWORD, renewed)).right
    assert (await hasher.verify("autre mot de passe", old)).rehashed is None


@pytest.mark.promise("C7.2")
async def test_an_unknown_account_costs_the_same_verification_as_a_known_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hasher = passwords(time_cost=2)
    verified: list[str] = []
    verify = hasher._verify

    def watched(password: str, hashed: str) -> bool:
        verified.append(hashed)
        return verify(password, hashed)

    monkeypatch.setattr(hasher, "_verify", watched)
    known = await hasher.hash(PASSWORD)
    await hasher.verify("autre mot de passe", known)
    assert not (await hasher.verify("autre mot de passe", None)).right
    with_account, without = verified
    assert extract_parameters(with_account) == extract_parameters(without)


@pytest.mark.promise("C7.2")
async def test_spaces_and_case_of_a_password_count() -> None:
    hasher = passwords()
    known = await hasher.hash(f" {PASSWORD} ")
    assert (await hasher.verify(f" {PASSWORD} ", known)).right
    for other in (PASSWORD, f" {PASSWORD}", f" {PASSWORD.upper()} "):
        assert not (await hasher.verify(other, known)).right


async def test_one_text_typed_on_different_keyboards_is_one_password() -> None:
    hasher = passwords()
    known = await hasher.hash("e\u0301te\u0301 de l'annee")
    assert (await hasher.verify("\u00e9t\u00e9 de l'annee", known)).right


@pytest.mark.promise("C7.2")
async def test_nothing_of_a_long_password_is_cut() -> None:
    hasher = passwords()
    known = await hasher.hash("x" * 999 + "a")
    assert not (await hasher.verify("x" * 999 + "b", known)).right


@pytest.mark.promise("C7.2")
async def test_the_password_behind_unknown_accounts_opens_nothing() -> None:
    assert not (await passwords().verify("nobody's password", None)).right


async def test_what_is_no_hash_is_no_match() -> None:
    assert not (await passwords().verify(PASSWORD, "not a hash")).right


async def test_what_argon2_cannot_compute_is_no_wrong_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hasher = passwords()
    hashed = await hasher.hash(PASSWORD)

    def no_memory(*_: object) -> str:
        raise VerificationError("Memory allocation error")

    monkeypatch.setattr(PasswordHasher, "hash", no_memory)
    monkeypatch.setattr(PasswordHasher, "verify", no_memory)
    with pytest.raises(HashingFailedError):
        await hasher.hash(PASSWORD)
    with pytest.raises(HashingFailedError):
        await hasher.verify(PASSWORD, hashed)
