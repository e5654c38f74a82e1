"""What the system says in rights cases: texts that are data, in both languages."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import yaml
from babel.dates import format_date
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from shared.events.rights_cases import (
    EXTENSION_REASONS,
    RIGHTS_KINDS,
    ExtensionReason,
    RightsKind,
)
from shared.settings import ConfigurationError
from shared.words import Language
from shared.yaml_text import parsed

FILE: Final = Path(__file__).parent.parent / "rights_words.yaml"
PARIS: Final = ZoneInfo("Europe/Paris")
Wording = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(_Data):
    """One text in both languages."""

    fr: Wording
    en: Wording

    def said(self, language: Language, **values: str) -> str:
        """Return the text in `language` with `values` in their places."""
        return (self.en if language == "en" else self.fr).format(**values)


class RightsWords(_Data):
    """Every text; each kind and each reason has its words."""

    kinds: Mapping[RightsKind, Words]
    title: Words
    acknowledgement: Words
    acknowledgement_without_account: Words
    identity: Words
    identity_again: Words
    remedies: Words
    extension: Words
    extension_reasons: Mapping[ExtensionReason, Words]
    file_asked: Words
    file_ready: Words
    file_alone: Words
    file_beside: Words

    @model_validator(mode="after")
    def _complete(self) -> "RightsWords":
        lacking = {*RIGHTS_KINDS, *EXTENSION_REASONS} - {*self.kinds, *self.extension_reasons}
        if lacking:
            raise ValueError(f"no words for {', '.join(sorted(lacking))}")
        return self

    def titled(self, kind: RightsKind, language: Language) -> str:
        """Return the subject of a request of `kind` made on the platform."""
        return self.title.said(language, kind=self.kinds[kind].said(language))

    def acknowledged(
        self,
        kind: RightsKind,
        language: Language,
        *,
        due: datetime,
        page: str | None,
        link: str | None,
    ) -> str:
        """Return what acknowledges a request.

        Args:
            kind: of the request; the acknowledgement of a complaint names the ways out (C13.2).
            language: the person's.
            due: by when it is answered.
            page: where it can be followed, for who has an account.
            link: by which the person shows that they ask, unless they have already.
        """
        values = {"kind": self.kinds[kind].said(language), "due": _day(due, language)}
        paragraphs = [
            self.acknowledgement_without_account.said(language, **values)
            if page is None
            else self.acknowledgement.said(language, page=page, **values)
        ]
        if link is not None:
            paragraphs.append(self.identity.said(language, link=link))
        if kind == "complaint":
            paragraphs.append(self.remedies.said(language))
        return "\n\n".join(paragraphs)

    def asked_again(self, kind: RightsKind, language: Language, *, due: datetime, link: str) -> str:
        """Return what sends the link once more by which the person shows that they ask."""
        said = self.kinds[kind].said(language)
        return self.identity_again.said(language, kind=said, due=_day(due, language), link=link)

    def extended(
        self, kind: RightsKind, language: Language, *, reason: ExtensionReason, due: datetime
    ) -> str:
        """Return the notice of a longer term, with its reason (GDPR art. 12(3))."""
        return self.extension.said(
            language,
            kind=self.kinds[kind].said(language),
            reason=self.extension_reasons[reason].said(language),
            due=_day(due, language),
        )

    def file_told(self, language: Language, *, where: str, until: datetime, alone: bool) -> str:
        """Return what says where a complete access file is fetched, and whether that is all."""
        rest = self.file_alone if alone else self.file_beside
        ready = self.file_ready.said(language, where=where, until=_day(until, language))
        return f"{ready}\n\n{rest.said(language)}"

    def with_remedies(self, text: str, language: Language) -> str:
        """Return an answer with the ways to the CNIL and the courts below (GDPR art. 12(4))."""
        return f"{text}\n\n{self.remedies.said(language)}"


def load_rights_words(file: Path = FILE) -> RightsWords:
    """Return the texts in `file`.

    Raises:
        ConfigurationError: it is missing or wrong; one line that names the place.
    """
    try:
        return RightsWords.model_validate(parsed(file.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise ConfigurationError(f"rights words: {type(error).__name__} in {file}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = "/".join(str(step) for step in first["loc"])
        raise ConfigurationError(f"rights words: {place}: {first['msg']}") from error


def _day(instant: datetime, language: Language) -> str:
    return format_date(instant.astimezone(PARIS).date(), "long", locale=language)
