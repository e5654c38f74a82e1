"""Keeps the catalogues in step with the texts: `python -m services.gateway.catalogues`.

English is written in the code; French is the translation to keep complete.
"""

from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from services.gateway.wording import LANGUAGES, LOCALES, Language

ROOT: Final = LOCALES.parent
METHODS: Final = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
OPTIONS: Final = {"templates/**.html": {"extensions": "jinja2.ext.do,jinja2.ext.i18n"}}
KEYWORDS: Final = {"_": None, "gettext": None, "marked": None, "ngettext": (1, 2)}


def texts() -> Catalog:
    """Return every text of the portal, as the code and the templates say it."""
    found = Catalog(project="carionexiq", charset="utf-8", fuzzy=False)
    for file, _, text, _, _ in extract_from_dir(
        str(ROOT), METHODS, OPTIONS, KEYWORDS, comment_tags=()
    ):
        if text:
            found.add(text, locations=[(file, 0)])
    return found


def stored(language: Language) -> Catalog:
    """Return the catalogue of `language` as its file has it."""
    with (LOCALES / language / "LC_MESSAGES" / "portal.po").open("rb") as file:
        return read_po(file, locale=language, domain="portal")


def update(language: Language) -> int:
    """Bring the file of `language` up to date and return how many texts lack a translation."""
    found, known = texts(), stored(language)
    fresh = Catalog(
        locale=language,
        domain="portal",
        project="carionexiq",
        header_comment="# Texts of the carionexiq portal.",
        creation_date=known.creation_date,
        fuzzy=False,
    )
    missing = 0
    for message in found:
        if not message.id:
            continue
        old = known.get(message.id)
        said = old.string if old else ""
        if language == "en":
            said = message.id
        if not said or (isinstance(said, tuple | list) and not all(said)):
            missing += 1
        fresh.add(message.id, said)
    with (LOCALES / language / "LC_MESSAGES" / "portal.po").open("wb") as file:
        write_po(file, fresh, width=99, no_location=True, omit_header=False, sort_output=True)
    return missing


if __name__ == "__main__":
    for one in LANGUAGES:
        print(f"{one}: {update(one)} to translate")  # noqa: T201 - a command's output
