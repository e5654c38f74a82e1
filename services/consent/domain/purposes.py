"""What is asked about, and in which words: data, so that counsel can review it without code."""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Literal, Self, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.consent.domain.errors import TextChangedError, UnknownPurposeError
from services.consent.domain.events import Shown
from shared.events.base import Identifier
from shared.events.consent import ObjectionPurpose, Purpose, RestrictedCategory

Language = Literal["fr", "en"]
Kind = Literal["consent", "objection", "restriction"]
Term = Annotated[str, StringConstraints(pattern=r"^(dpv|pd):[A-Za-z-]+$")]
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

    def words(self, language: Language) -> str:
        """Return everything that was shown, in `language`."""
        return f"{self.title.to(language)}\n{self.text.to(language)}"


class Processing(_Data):
    """What the consent allows, in the terms of the W3C Data Privacy Vocabulary, for receipts."""

    purposes: tuple[Term, ...] = Field(min_length=1)
    data: tuple[Term, ...] = Field(min_length=1)
    operations: tuple[Term, ...] = Field(min_length=1)
    recipients: tuple[Text, ...] = Field(min_length=1)
    """Kinds of processors that take part."""
    kept: Text
    """Until when the data is used and kept."""


class ObjectionText(_Data):
    """One version of what the objection or restriction changes for everybody (C8.3).

    What it changes for this person the services compute.
    """

    version: Identifier
    title: Text
    text: Text
    consequences: tuple[Text, ...] = Field(min_length=1)

    def words(self, language: Language) -> str:
        """Return everything that is shown to everybody, in `language`."""
        lines = (one.to(language) for one in self.consequences)
        return "\n".join((self.title.to(language), self.text.to(language), *lines))


class ConsentPurpose(_Data):
    """A purpose that rests on consent; off until the person says otherwise."""

    purpose: Purpose
    promise: Identifier
    topic: Text | None = None
    """What the newsletter is about, where it is one."""
    processing: Processing
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


class RestrictionChoice(_Data):
    """A category that the person may restrict (GDPR art. 18)."""

    category: RestrictedCategory
    promise: Identifier
    texts: tuple[ObjectionText, ...] = Field(min_length=1)

    @property
    def purpose(self) -> str:
        """What is chosen about, by the name that purposes have."""
        return self.category

    @property
    def current(self) -> ObjectionText:
        """The text in force."""
        return self.texts[-1]


Choice = ConsentPurpose | ObjectionChoice | RestrictionChoice
P = TypeVar("P", ConsentPurpose, ObjectionChoice, RestrictionChoice)


class Purposes(_Data):
    """Everything the person decides about."""

    consents: tuple[ConsentPurpose, ...]
    objections: tuple[ObjectionChoice, ...]
    restrictions: tuple[RestrictionChoice, ...]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for given, known in (
            (self.consents, Purpose),
            (self.objections, ObjectionPurpose),
            (self.restrictions, RestrictedCategory),
        ):
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

    def choice(self, kind: Kind, name: str) -> Choice:
        """Return what is decided about under `name`.

        Raises:
            UnknownPurposeError: there is none of that name.
        """
        choices: dict[Kind, Sequence[Choice]] = {
            "consent": self.consents,
            "objection": self.objections,
            "restriction": self.restrictions,
        }
        for one in choices[kind]:
            if one.purpose == name:
                return one
        raise UnknownPurposeError

    def restriction(self, category: str) -> RestrictionChoice:
        """Return the choice about a category that may be restricted.

        Raises:
            UnknownPurposeError: there is none of that name.
        """
        return _named(self.restrictions, category)


def shown(
    choice: Choice,
    language: Language,
    version: str | None = None,
    explained: str | None = None,
) -> Shown:
    """Return what the person saw: the text in force, which `version` must name if it is given.

    The digest is that of `explained`, the words with the person's own examples, where there are.

    Raises:
        TextChangedError: the person saw another version.
    """
    if version is not None and version != choice.current.version:
        raise TextChangedError
    words = choice.current.words(language) if explained is None else explained
    digest = hashlib.sha256(words.encode()).hexdigest()
    return Shown(text_version=choice.current.version, language=language, digest=digest)


def _named(choices: Sequence[P], name: str) -> P:
    for choice in choices:
        if choice.purpose == name:
            return choice
    raise UnknownPurposeError
