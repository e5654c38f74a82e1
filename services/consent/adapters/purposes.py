"""The purposes file: texts shown to people, with their versions, in both languages."""

from pathlib import Path
from typing import Annotated, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.events.base import Identifier
from shared.events.consent import ObjectionPurpose, Purpose
from shared.settings import ConfigurationError

FILE: Final = Path(__file__).parent.parent / "purposes.yaml"


class Text(BaseModel):
    """The same text in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fr: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]

    def in_language(self, language: Literal["fr", "en"]) -> str:
        """Return the text in `language`."""
        return self.fr if language == "fr" else self.en


class ConsentPurpose(BaseModel):
    """A purpose that rests on consent (C9.2)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: Purpose
    text_version: Identifier
    title: Text
    text: Text


class Objection(BaseModel):
    """A purpose one may object to, with what that changes (C8.3)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    purpose: ObjectionPurpose
    title: Text
    consequences: Text


class Purposes(BaseModel):
    """Everything a person can decide about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    consents: tuple[ConsentPurpose, ...]
    objections: tuple[Objection, ...]

    def consent(self, purpose: Purpose) -> ConsentPurpose:
        """Return what is shown for `purpose`."""
        return next(shown for shown in self.consents if shown.purpose == purpose)


def load_purposes(path: Path = FILE) -> Purposes:
    """Return the purposes in `path`.

    Raises:
        ConfigurationError: the file is missing or breaks the schema.
    """
    try:
        return Purposes.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise ConfigurationError(f"{path.name}: not a file of purposes") from error
