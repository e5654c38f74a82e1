"""Texts in the two languages of the platform."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

Language = Literal["fr", "en"]

Wording = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Text(BaseModel):
    """One text, in French and English."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fr: Wording
    en: Wording

    def to(self, language: Language) -> str:
        """Return the text in `language`."""
        return self.fr if language == "fr" else self.en

    def paragraphs(self, language: Language) -> list[str]:
        """Return the paragraphs of the text, which blank lines separate."""
        return [" ".join(part.split()) for part in self.to(language).split("\n\n") if part.strip()]
