"""The product's own texts, which prove nothing where they are found."""

import re
from functools import cache
from pathlib import Path
from typing import Final

PRODUCT: Final = Path(__file__).parents[2]
FOLDERS: Final = ("services", "shared")
SUFFIXES: Final = frozenset(
    {".py", ".yaml", ".yml", ".json", ".jinja", ".html", ".po", ".txt", ".js", ".css"}
)
WORD: Final = re.compile(r"\w{6,}")
_SPACES: Final = re.compile(r"\s+")


class CommonTexts:
    """What pages, letters, catalogue, rules and code say."""

    def __init__(self, text: str) -> None:
        self._text = _plain(text)
        self._words = frozenset(WORD.findall(self._text))

    def __contains__(self, text: object) -> bool:
        """Whether `text` is said somewhere, in whatever case."""
        plain = _plain(str(text))
        words = WORD.findall(plain)
        # Most texts of people have a word that is said nowhere, which is quick to tell.
        return self._words.issuperset(words) and plain in self._text


@cache
def common_texts() -> CommonTexts:
    """Return the texts of the product.

    Reads some megabytes the first time and must then not be called from an event loop.
    """
    paths = (path for folder in FOLDERS for path in (PRODUCT / folder).rglob("*"))
    return CommonTexts(
        "\n".join(
            path.read_text(encoding="utf-8", errors="ignore")
            for path in paths
            if path.suffix in SUFFIXES and path.is_file()
        )
    )


def _plain(text: str) -> str:
    return _SPACES.sub(" ", text.casefold())
