"""Translations by gettext catalogues: English is written where it is said, the rest translated.

A catalogue is a folder's file `locales/<language>/LC_MESSAGES/<domain>.po`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from babel.support import Translations

from shared.words import Language

JINJA: Final = "jinja2.ext:babel_extract"
KEYWORDS: Final = {"_": None, "gettext": None, "marked": None, "ngettext": (1, 2)}


@dataclass(frozen=True, slots=True)
class Catalogues:
    """The catalogues of one folder of code and templates."""

    root: Path
    domain: str
    methods: Sequence[tuple[str, str]]
    """Which files hold texts, and how they are found there."""
    options: Mapping[str, Mapping[str, str]]
    languages: tuple[Language, ...]
    """Those that have a file; English may do without."""

    def texts(self) -> Catalog:
        """Return every text, as the code and the templates say it."""
        found = Catalog(project="carionexiq", charset="utf-8", fuzzy=False)
        for file, _, text, _, _ in extract_from_dir(
            str(self.root),
            list(self.methods),
            {pattern: dict(options) for pattern, options in self.options.items()},
            KEYWORDS,
            comment_tags=(),
        ):
            if text:
                found.add(text, locations=[(file, 0)])
        return found

    def stored(self, language: Language) -> Catalog:
        """Return the catalogue of `language` as its file has it."""
        with self._file(language).open("rb") as file:
            return read_po(file, locale=language, domain=self.domain)

    def missing(self, language: Language) -> list[str]:
        """Return the texts that have no translation into `language`."""
        known = self.stored(language)
        found = [message.id for message in self.texts() if message.id]
        return [str(text) for text in found if not _whole(_said(known, text))]

    def compiled(self, language: Language) -> Translations:
        """Return the translations into `language`."""
        compiled = BytesIO()
        write_mo(compiled, self.stored(language))
        compiled.seek(0)
        return Translations(compiled, domain=self.domain)

    def update(self, language: Language) -> int:
        """Bring the file of `language` up to date and return how many texts lack a translation."""
        known = self.stored(language)
        fresh = Catalog(
            locale=language,
            domain=self.domain,
            project="carionexiq",
            header_comment=f"# Texts of the carionexiq {self.domain}.",
            creation_date=known.creation_date,
            fuzzy=False,
        )
        for message in self.texts():
            if message.id:
                said = message.id if language == "en" else _said(known, message.id)
                fresh.add(message.id, said)
        with self._file(language).open("wb") as file:
            write_po(file, fresh, width=99, no_location=True, omit_header=False, sort_output=True)
        return len(self.missing(language))

    def report(self) -> None:
        """Bring every file up to date and print how many texts each lacks."""
        for language in self.languages:
            print(f"{language}: {self.update(language)} to translate")  # noqa: T201 - a command

    def _file(self, language: Language) -> Path:
        return self.root / "locales" / language / "LC_MESSAGES" / f"{self.domain}.po"


_Said = str | tuple[str, ...] | list[str]


def _said(known: Catalog, text: _Said) -> _Said:
    message = known.get(text)
    return (message and message.string) or ""


def _whole(said: _Said) -> bool:
    return bool(said) and (isinstance(said, str) or all(said))
