"""Personal data as a type: what it is about, who may open it, what is left once forgotten.

A personal field is declared with its category, for example::

    class LearnerRegistered(PublicEvent):
        learner_id: SubjectId
        email: Annotated[Personal[str], Field(), PersonalField(Category.CONTACT)]

In memory a `Personal` value is in exactly one of three states: plain (a command just brought it, or
the vault opened it), `Sealed` (encrypted; the process may or may not hold the key) or `Erased` (its
key has been destroyed). Its `repr` never shows the value, and dumping a plain one is an error.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final, Generic, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, SerializationInfo
from pydantic_core import CoreSchema, core_schema, to_jsonable_python

T = TypeVar("T")

WHOLE: Final = "-"
"""The object of a value that shares one term with the rest of its category."""


IN_THE_CLEAR: Final[dict[str, bool]] = {"in_the_clear": True}
"""Context in which plain values may be serialised: only by who seals the result as a whole."""


class Category(StrEnum):
    """The categories of personal data. Each has its own key-encryption key, rules and readers."""

    CIVIL_IDENTITY = "civil_identity"
    CONTACT = "contact"
    CREDENTIALS = "credentials"
    PROFILE = "profile"
    MINORITY = "minority"
    """A minor's day of majority, and the name and address of the guardian who was asked."""
    LEARNING_HISTORY = "learning_history"
    PAYMENT = "payment"
    SUPPORT = "support"
    PROSPECT = "prospect"
    RECORDING = "recording"
    TECHNICAL_TRACES = "technical_traces"
    MAIL_CONTENT = "mail_content"
    STAFF = "staff"
    DEMAND = "demand"
    """What came with an official demand, and what is disclosed because of it; of the demand alone,
    so that nothing about it stands among its persons' data while they may not know (C6.2)."""
    DEAD_LETTERS = "dead_letters"
    """Whole records that a service could not process, whatever is in them."""
    ACCESS_FILE = "access_file"
    """Copies of everything held, composed for the person who asked for access (C8.1)."""
    CANARIES = "canaries"
    """Fingerprints of what a case erases, until that was found nowhere."""


WITHOUT_TERM: Final = frozenset({Category.CANARIES})
"""Categories that no rule gives a term, because what they serve ends them: a case its canaries."""


class Sealed(BaseModel):
    """An encrypted value with everything needed to find its key, and nothing personal.

    `object` narrows the key to one object of the subject that has a term of its own (an enrolment,
    an invoice, a support request); it is `WHOLE` where the category has one term per subject.
    """

    model_config = ConfigDict(frozen=True)

    subject: str
    category: Category
    object: str = WHOLE
    field: str
    box: str
    """Base64 of nonce (12 bytes) and AES-256-GCM ciphertext with tag."""


class Erased(BaseModel):
    """What a field reads as once its key has been destroyed."""

    model_config = ConfigDict(frozen=True)

    erased: bool = True
    category: Category


class PlaintextLeakError(TypeError):
    """Plain personal data was about to leave memory unsealed."""


class SealedValueError(TypeError):
    """The value is still sealed: this process did not, or may not, open it."""


@dataclass(frozen=True, slots=True)
class PersonalField:
    """Marks a field as personal.

    `category` names its compartment; `about` names the sibling field that holds the subject id the
    value is about; `object` names the sibling field that holds the object with its own term.
    """

    category: Category
    about: str = "learner_id"
    object: str | None = None


class Personal(Generic[T]):
    """One personal value: plain, sealed or erased."""

    __slots__ = ("_state",)

    def __init__(self, state: "T | Sealed | Erased") -> None:
        self._state = state

    def __repr__(self) -> str:
        return "Personal(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Personal) and self._state == other._state

    def __hash__(self) -> int:
        return hash(self._state)

    @property
    def sealed(self) -> Sealed | None:
        """The encrypted form, when the value is sealed."""
        return self._state if isinstance(self._state, Sealed) else None

    @property
    def is_erased(self) -> bool:
        """Whether the key of the value has been destroyed."""
        return isinstance(self._state, Erased)

    def reveal(self) -> "T | Erased":
        """Return the plain value, or `Erased`.

        Raises:
            SealedValueError: the value has not been opened.
        """
        if isinstance(self._state, Sealed):
            raise SealedValueError(f"{self._state.category} is sealed")
        return self._state

    def text(self, erased: str = "—") -> str:
        """Return the plain value as text, or `erased` where it has been forgotten."""
        value = self.reveal()
        return erased if isinstance(value, Erased) else str(value)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        inner = handler.generate_schema((get_args(source) or (str,))[0])
        sealed = handler.generate_schema(Sealed)
        erased = handler.generate_schema(Erased)

        def wrap(value: Any) -> "Personal[Any]":
            return value if isinstance(value, Personal) else Personal(value)

        return core_schema.no_info_after_validator_function(
            wrap,
            core_schema.union_schema(
                [core_schema.is_instance_schema(Personal), sealed, erased, inner],
                mode="left_to_right",
            ),
            serialization=core_schema.plain_serializer_function_ser_schema(_dump, info_arg=True),
        )


def _dump(value: Personal[Any], info: SerializationInfo) -> Any:
    state = value._state  # noqa: SLF001 - the serialiser is part of the type
    if isinstance(state, Sealed | Erased):
        return state.model_dump(mode="json")
    if info.context is IN_THE_CLEAR:
        return to_jsonable_python(state)
    raise PlaintextLeakError("a plain personal value cannot be serialised; seal it first")


@cache
def personal_fields(model: type[BaseModel]) -> Mapping[str, PersonalField]:
    """Return the personal fields of `model` by name, as declared."""
    found: dict[str, PersonalField] = {}
    for name, field in model.model_fields.items():
        for mark in field.metadata:
            if isinstance(mark, PersonalField):
                found[name] = mark
    return found
