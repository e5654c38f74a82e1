"""Texts that are data: why data goes or is held, and what the newsletter says."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from shared.events.base import Identifier
from shared.events.retention import Authority, Ground
from shared.settings import ConfigurationError
from shared.words import Language, Text
from shared.yaml_text import parsed

FOLDER: Final = Path(__file__).parent.parent
OTHER: Final = "other"
MONTHS: Final = 12
NEWSLETTER: Final = "newsletter"
FILES: Final = ("deletion_reasons.yaml", "hold_words.yaml", "newsletter.yaml")

Month = Annotated[str, StringConstraints(pattern=r"^(0[1-9]|1[0-2])$")]
Wording = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Explanation(_Data):
    """Why it goes, and what keeps it from going."""

    why: Wording
    stops: Wording


class Reason(_Data):
    """Why something will be deleted."""

    rules: tuple[Identifier, ...]
    promise: Identifier
    fr: Explanation
    en: Explanation

    def to(self, language: Language) -> Explanation:
        """Return the explanation in `language`."""
        return self.fr if language == "fr" else self.en


class Article(_Data):
    """One month's newsletter in one language."""

    title: Wording
    paragraphs: tuple[Wording, ...] = Field(min_length=1)


class Issue(_Data):
    """One month's newsletter."""

    fr: Article
    en: Article

    def to(self, language: Language) -> Article:
        """Return the article in `language`."""
        return self.fr if language == "fr" else self.en


class Texts(_Data):
    """Every text that is data."""

    grounds: Mapping[Ground, Text]
    authorities: Mapping[Authority, Text]
    reasons: Mapping[Identifier, Reason]
    issues: tuple[Issue, ...] = Field(min_length=MONTHS, max_length=MONTHS)
    """On budget negotiation, one for each month."""
    topics: Mapping[Identifier, Mapping[Month, Issue]] = Field(default_factory=dict)
    """Of the other topics, by purpose and month of the year; a month may have none."""

    def reason_key(self, rule_id: str) -> str:
        """Return the name of the reason that `rule_id` belongs to."""
        return next((key for key, one in self.reasons.items() if rule_id in one.rules), OTHER)

    def letter(self, purpose: str, name: str) -> Issue:
        """Return the newsletter that `purpose` has in the month `YYYY-MM`.

        Raises:
            KeyError: that topic has no issue in the month.
        """
        if purpose == NEWSLETTER:
            return self.issues[int(name[-2:]) - 1]
        return self.topics[purpose][name[-2:]]

    def purposes_of(self, name: str) -> list[str]:
        """Return the purposes that have a newsletter in the month `YYYY-MM`."""
        return [NEWSLETTER, *(p for p, issues in self.topics.items() if name[-2:] in issues)]


def load_texts(folder: Path = FOLDER) -> Texts:
    """Read and check the texts in `folder`.

    Raises:
        ConfigurationError: a file is missing or wrong; one line that names the place.
    """
    try:
        parts = [parsed((folder / name).read_text(encoding="utf-8")) for name in FILES]
        texts = Texts.model_validate({**parts[0], **parts[1], **parts[2]})
    except (OSError, TypeError, yaml.YAMLError) as error:
        raise ConfigurationError(f"texts: {type(error).__name__} in {folder}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = "/".join(str(step) for step in first["loc"])
        raise ConfigurationError(f"texts: {place}: {first['msg']}") from error
    if OTHER not in texts.reasons:
        raise ConfigurationError(f"texts: reasons: {OTHER} is missing in {folder}")
    unnamed = ({*get_args(Ground)} - {*texts.grounds}) | (
        {*get_args(Authority)} - {*texts.authorities}
    )
    if unnamed:
        raise ConfigurationError(f"texts: {', '.join(sorted(unnamed))}: no words in {folder}")
    return texts
