"""Request bodies: what is accepted, how it is normalised, and that errors quote nothing."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.identity.entrypoints import bodies

FILLED_IN = {
    "first_name": " Prénom ",
    "last_name": "Nom",
    "email": "Canari@CANARI.test",
    "telephone": "06 39 98 00 01",
    "password": "un mot de passe de test",
}


@pytest.mark.promise("C1.2")
def test_addresses_and_numbers_take_one_form() -> None:
    body = bodies.RegistrationBody.model_validate(FILLED_IN)
    assert body.first_name == "Prénom"
    assert body.email == "canari@canari.test"
    assert body.telephone == "+33639980001"
    assert body.birth_date is None


@pytest.mark.promise("C1.1")
@pytest.mark.parametrize(
    "wrong",
    [
        {"gender": "canari-secret"},
        {"email": "canari-secret"},
        {"telephone": "canari-secret"},
        {"password": "canari-sec"},
        {"birth_date": "9999-12-31"},
        {"birth_date": "1899-12-31"},
        {"language": "canari-secret"},
        {"first_name": "   "},
        {"first_name": "canari" * 20},
    ],
)
def test_what_is_superfluous_or_wrong_is_refused_without_quoting_it(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        bodies.RegistrationBody.model_validate(FILLED_IN | wrong)
    assert "canari" not in str(refused.value)


@pytest.mark.promise("C4.1")
def test_only_roles_of_staff_can_be_given() -> None:
    body = {
        "name": "Membre Test",
        "email": "appui@canari.test",
        "password": "un mot de passe de test",
    }
    assert bodies.StaffBody.model_validate(body | {"role": "support"}).role == "support"
    for role in ("learner", "system", "nobody"):
        with pytest.raises(ValidationError):
            bodies.StaffBody.model_validate(body | {"role": role})


def test_closing_needs_the_word() -> None:
    with pytest.raises(ValidationError):
        bodies.ConfirmBody.model_validate({"confirm": False})
