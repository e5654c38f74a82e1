"""French and English: catalogues compiled at the start, dates and amounts as people write them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_currency, format_decimal

from services.gateway.catalogues import PORTAL
from shared.zone_words import named
from shared.zones import HOME

Language = Literal["fr", "en"]

LANGUAGES: Final[tuple[Language, ...]] = ("fr", "en")
PARIS: Final = ZoneInfo(HOME)
_SHOWN_IN: Final[ContextVar[ZoneInfo]] = ContextVar("zone", default=PARIS)
_REGIONS: Final[Mapping[Language, str]] = {"fr": "fr_FR", "en": "en_GB"}


def marked(text: str) -> str:
    """Return `text`; marks it for the catalogues where it is translated only later."""
    return text


def known(language: str | None) -> Language | None:
    """Return `language` when the portal speaks it."""
    return language if language in LANGUAGES else None


class Wording:
    """One language's texts and formats."""

    def __init__(self, language: Language) -> None:
        """Compile the catalogue of `language` from its `.po` file."""
        self.language: Language = language
        self._locale = Locale.parse(_REGIONS[language])
        self.translations = PORTAL.compiled(language)

    def say(self, text: str, **values: object) -> str:
        """Return `text` in this language, its `%(name)s` filled from `values`."""
        said = str(self.translations.gettext(text))
        return said % values if values else said

    def day(self, value: object) -> str:
        """Return a date, or the Paris date of an instant, written in full."""
        return format_date(_as_date(value), format="long", locale=self._locale)

    def short_day(self, value: object) -> str:
        """Return a date, or the Paris date of an instant, abbreviated."""
        return format_date(_as_date(value), format="medium", locale=self._locale)

    def moment(self, value: object) -> str:
        """Return an instant as date and time of day, by the clock of whoever the page is for.

        The zone is named where it is not Paris.
        """
        zone = _SHOWN_IN.get()
        at = _as_instant(value).astimezone(zone)
        pattern = "d MMMM y 'à' HH:mm" if self.language == "fr" else "d MMMM y 'at' HH:mm"
        told = format_datetime(at, pattern, locale=self._locale)
        return told + named(at, zone.key, self.language)

    def time_of_day(self, value: object) -> str:
        """Return an instant's time of day in Paris with its offset, as in 14:05:00 UTC+1."""
        at = _as_instant(value).astimezone(PARIS)
        return format_datetime(at, "HH:mm:ss 'UTC'X", locale=self._locale)

    def month(self, value: str) -> str:
        """Return a calendar month, `YYYY-MM`, in words."""
        try:
            first = date.fromisoformat(f"{value}-01")
        except ValueError:
            return value
        return format_date(first, "LLLL y", locale=self._locale)

    def span(self, start: object, end: object) -> str:
        """Return how long it is from `start` to `end`, roughly, in words."""
        return format_timedelta(
            _as_instant(end) - _as_instant(start), threshold=1.2, locale=self._locale
        )

    def money(self, cents: object) -> str:
        """Return an amount in euro cents as euros."""
        return format_currency(int(str(cents)) / 100, "EUR", locale=self._locale)

    def number(self, value: object) -> str:
        """Return a number with this language's separators."""
        return format_decimal(float(str(value)), locale=self._locale)


@contextmanager
def shown_in(zone: ZoneInfo) -> Iterator[None]:
    """Tell moments by the clock of `zone` within the context, macros of components included."""
    before = _SHOWN_IN.set(zone)
    try:
        yield
    finally:
        _SHOWN_IN.reset(before)


@cache
def wording(language: Language) -> Wording:
    """Return the texts and formats of `language`, compiled once."""
    return Wording(language)


def choose_language(cookie: str | None, account: str | None, accepted: str) -> Language:
    """Return the language to speak: the cookie's, else the account's, else the browser's.

    Args:
        cookie: what the person chose on this browser.
        account: what the account says.
        accepted: the browser's `Accept-Language` header.
    """
    for wish in (known(cookie), known(account)):
        if wish:
            return wish
    ranked: list[tuple[float, Language]] = []
    for part in accepted.split(","):
        tag, _, weight = part.partition(";q=")
        language = known(tag.strip()[:2].lower())
        try:
            quality = float(weight or 1)
        except ValueError:
            continue
        if language:
            ranked.append((quality, language))
    return max(ranked, key=lambda pair: pair[0])[1] if ranked else "fr"


def _as_instant(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(str(value))


def _as_date(value: object) -> date:
    if isinstance(value, datetime):
        return value.astimezone(PARIS).date()
    if isinstance(value, date):
        return value
    text = str(value)
    return _as_date(datetime.fromisoformat(text)) if "T" in text else date.fromisoformat(text)
