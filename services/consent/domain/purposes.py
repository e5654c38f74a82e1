"""What is asked about, and in which words: data, so that counsel can review it without code."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.consent.domain.errors import TextChangedError, UnknownPurposeError
from services.consent.domain.events import Shown
from shared.events.base import Identifier
from shared.events.consent import ObjectionPurpose, Purpose

Language = Literal["fr", "en"]
Wording = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(_Data):
    """One text, in French and English."""

    fr: Wording
    en: Wording

    def to(self, language: Language) -> str:
        """Return the text in `language`."""
        return self.fr if language == "fr" else self.en


class ConsentText(_Data):
    """One version of what the person is asked to agree to."""

    version: Identifier
    title: Text
    text: Text


class ObjectionText(_Data):
    """One version of what the objection changes in practice (C8.3)."""

    version: Identifier
    title: Text
    text: Text
    consequences: tuple[Text, ...] = Field(min_length=1)


class ConsentPurpose(_Data):
    """A purpose that rests on consent; off until the person says otherwise."""

    purpose: Purpose
    promise: Identifier
    texts: tuple[ConsentText, ...] = Field(min_length=1)
    """Every version ever shown, oldest first: earlier consents refer to them."""

    @property
    def current(self) -> ConsentText:
        """The text in force."""
        return self.texts[-1]


class ObjectionChoice(_Data):
    """A purpose that the person may object to."""

    purpose: ObjectionPurpose
    promise: Identifier
    texts: tuple[ObjectionText, ...] = Field(min_length=1)

    @property
    def current(self) -> ObjectionText:
        """The text in force."""
        return self.texts[-1]


P = TypeVar("P", ConsentPurpose, ObjectionChoice)


class Purposes(_Data):
    """Everything the person decides about."""

    consents: tuple[ConsentPurpose, ...]
    objections: tuple[ObjectionChoice, ...]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for given, known in ((self.consents, Purpose), (self.objections, ObjectionPurpose)):
            if sorted(one.purpose for one in given) != sorted(get_args(known)):
                raise ValueError(f"each of {', '.join(get_args(known))} exactly once")
            for one in given:
                versions = [text.version for text in one.texts]
                if len(set(versions)) != len(versions):
                    raise ValueError(f"{one.purpose}: a version occurs twice")
        return self

    def consent(self, purpose: str) -> ConsentPurpose:
        """Return the purpose that rests on consent.

        Raises:
            UnknownPurposeError: there is none of that name.
        """
        return _named(self.consents, purpose)

    def objection(self, purpose: str) -> ObjectionChoice:
        """Return the purpose that may be objected to.

        Raises:
            UnknownPurposeError: there is none of that name.
        """
        return _named(self.objections, purpose)


def shown(
    purpose: ConsentPurpose | ObjectionChoice, language: Language, version: str | None = None
) -> Shown:
    """Return what the person saw: the text in force, which `version` must name if it is given.

    Raises:
        TextChangedError: the person saw another version.
    """
    if version is not None and version != purpose.current.version:
        raise TextChangedError
    return Shown(text_version=purpose.current.version, language=language)


def _named(choices: Sequence[P], name: str) -> P:
    for choice in choices:
        if choice.purpose == name:
            return choice
    raise UnknownPurposeError
