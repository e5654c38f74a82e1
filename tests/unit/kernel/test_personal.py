"""Personal values: redacted, never serialised in plain, typed when erased."""

from typing import Annotated

import pytest
from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from shared.events.base import DomainEvent, SubjectId
from shared.personal import (
    Category,
    Erased,
    Personal,
    PersonalField,
    Sealed,
    SealedValueError,
    personal_fields,
)

SEALED = Sealed(subject="s", category=Category.CONTACT, field="email", box="AAAA")


class Sample(DomainEvent):
    learner_id: SubjectId
    email: Annotated[Personal[str], PersonalField(Category.CONTACT)]
    score: Annotated[
        Personal[int] | None, PersonalField(Category.LEARNING_HISTORY, object="learner_id")
    ] = None


def sample(email: object, **fields: object) -> Sample:
    return Sample.model_validate({"learner_id": "s", "email": email, **fields})


def test_no_representation_shows_the_value() -> None:
    event = sample("canary@canary.test", score=87)
    assert "canary" not in f"{event!r} {event} {event.email!r} {event.email}"
    assert "87" not in repr(event)


def test_a_plain_value_cannot_be_serialised() -> None:
    with pytest.raises(PydanticSerializationError, match="seal it first") as caught:
        sample("canary@canary.test").model_dump_json()
    assert "canary" not in str(caught.value)


def test_sealed_and_erased_values_survive_a_round_trip() -> None:
    for state in (SEALED, Erased(category=Category.CONTACT)):
        event = sample(state)
        assert Sample.model_validate_json(event.model_dump_json()) == event


def test_a_sealed_value_is_not_revealed_by_mistake() -> None:
    with pytest.raises(SealedValueError):
        sample(SEALED).email.reveal()


def test_an_erased_value_is_typed_not_null_empty_or_zero() -> None:
    value = sample(Erased(category=Category.CONTACT)).email
    assert value.is_erased
    assert value.reveal() == Erased(category=Category.CONTACT)
    assert value.text() == "—"


def test_a_value_of_the_wrong_type_is_refused() -> None:
    with pytest.raises(ValidationError):
        sample("canary@canary.test", score="not a number")


def test_the_declared_marks_are_found() -> None:
    assert personal_fields(Sample) == {
        "email": PersonalField(Category.CONTACT),
        "score": PersonalField(Category.LEARNING_HISTORY, object="learner_id"),
    }
