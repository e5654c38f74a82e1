"""The words of the privacy policy: data, one whole file for each version, in both languages."""

import hashlib
from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.consent.domain.errors import UnknownPolicyError
from services.consent.domain.purposes import Language, Text
from shared import words
from shared.events.base import Identifier

INTRODUCTION: Final = "introduction"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Point(Text):
    """One statement; its id is the number of the promise where it is one (`C2.10`)."""

    id: Identifier


class Section(_Data):
    """What the policy says about one matter."""

    id: Identifier
    title: Text
    points: tuple[Point, ...] = Field(min_length=1)


class Part(NamedTuple):
    """A section in one language; the introduction has no title."""

    id: str
    title: str
    points: tuple[tuple[str, str], ...]
    """Id and words of each statement."""


class PolicyText(_Data):
    """One version of the policy."""

    version: Identifier
    updated_on: date | None = None
    """Day of its last update; of the version with which the platform opened alone."""
    summary: Text | None = None
    """What changes, in a few words; of every other version."""
    introduction: Text
    sections: tuple[Section, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        ids = [point.id for section in self.sections for point in section.points]
        if len(ids) != len(set(ids)):
            raise ValueError("two statements have the same id")
        return self

    @property
    def news(self) -> words.Text:
        """What changes, in a few words; of the first version, nothing does."""
        said = self.summary or self.introduction
        return words.Text(fr=said.fr, en=said.en)

    def parts(self, language: Language) -> Iterator[Part]:
        """Yield the whole text in `language`."""
        yield Part(INTRODUCTION, "", ((INTRODUCTION, self.introduction.to(language)),))
        for section in self.sections:
            points = tuple((point.id, point.to(language)) for point in section.points)
            yield Part(section.id, section.title.to(language), points)

    def digest(self, language: Language) -> str:
        """Return the SHA-256 of the words in `language`, as UTF-8: what was published is known."""
        lines = (
            line
            for part in self.parts(language)
            for line in (part.title, *(f"{point} {said}" for point, said in part.points))
        )
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


class Policies(_Data):
    """Every version there is, the one with which the platform opened first."""

    texts: tuple[PolicyText, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if len({text.version for text in self.texts}) != len(self.texts):
            raise ValueError("two texts have the same version")
        for place, text in enumerate(self.texts):
            if (text.updated_on is not None) != (place == 0):
                raise ValueError(f"{text.version}: the first text alone names its day")
            if (text.summary is None) != (place == 0):
                raise ValueError(f"{text.version}: every other text says what changes")
        return self

    @property
    def founding(self) -> PolicyText:
        """Return the version with which the platform opened."""
        return self.texts[0]

    def text(self, version: str) -> PolicyText:
        """Return the words of `version`.

        Raises:
            UnknownPolicyError: there is no such version.
        """
        for text in self.texts:
            if text.version == version:
                return text
        raise UnknownPolicyError

    def place(self, version: str) -> int:
        """Return where `version` stands in the order in which versions replace one another.

        Raises:
            UnknownPolicyError: there is no such version.
        """
        return self.texts.index(self.text(version))
