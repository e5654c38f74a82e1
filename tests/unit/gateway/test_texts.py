"""French and English say everything, and dates and amounts are written as people write them."""

import re
from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest

from services.gateway import labels
from services.gateway.catalogues import PORTAL
from services.gateway.wording import LANGUAGES, Language, choose_language, wording
from shared.events.notify import MessageKind, Withheld
from shared.events.rights_cases import RightsKind, RightsOutcome
from shared.personal import WITHOUT_TERM, Category

PLACEHOLDER = re.compile(r"%\(\w+\)s")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: Language) -> None:
    assert PORTAL.missing(language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogues_hold_no_text_that_nobody_says(language: Language) -> None:
    said = {message.id for message in PORTAL.texts()}
    assert [message.id for message in PORTAL.stored(language) if message.id not in said] == []


def test_translations_keep_the_placeholders() -> None:
    for message in PORTAL.stored("fr"):
        if isinstance(message.id, str) and isinstance(message.string, str):
            wanted = set(PLACEHOLDER.findall(message.id))
            assert set(PLACEHOLDER.findall(message.string)) == wanted, message.id


@pytest.mark.promise("C8.1")
@pytest.mark.parametrize("category", sorted(set(Category) - WITHOUT_TERM))
def test_every_category_has_a_name_a_purpose_and_a_basis(category: Category) -> None:
    assert category in labels.CATEGORIES
    assert category in labels.PURPOSES_OF_CATEGORIES
    if category is not Category.STAFF:
        assert labels.BASES_OF_CATEGORIES[category] in labels.BASES


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("message", MessageKind),
        ("withheld", Withheld),
        ("outcome_reason", Withheld),
        ("rights_kind", RightsKind),
        ("rights_outcome", RightsOutcome),
    ],
)
def test_every_code_of_a_contract_has_a_name(kind: str, codes: Any) -> None:
    assert set(get_args(codes)) - set(labels.KINDS[kind]) == set()


def test_instants_are_shown_in_paris_time() -> None:
    summer = datetime(2031, 7, 14, 22, 30, tzinfo=UTC)
    winter = datetime(2031, 1, 14, 22, 30, tzinfo=UTC)
    assert wording("fr").moment(summer) == "15 juillet 2031 à 00:30"
    assert wording("en").moment(winter) == "14 January 2031 at 23:30"
    assert wording("fr").day(summer.isoformat()) == "15 juillet 2031"
    assert wording("fr").time_of_day(summer) == "00:30:00 UTC+02"
    assert wording("en").day(date(2028, 2, 29)) == "29 February 2028"


def test_amounts_are_written_as_euros() -> None:
    assert wording("fr").money(12900) == "129,00\xa0€"
    assert wording("en").money("12900") == "€129.00"


@pytest.mark.parametrize(
    ("cookie", "account", "accepted", "spoken"),
    [
        ("en", "fr", "fr", "en"),
        (None, "en", "fr", "en"),
        (None, None, "en-GB,en;q=0.8,fr;q=0.5", "en"),
        (None, None, "de, fr;q=0.4, en;q=0.7", "en"),
        (None, None, "de", "fr"),
        ("xx", "", "", "fr"),
        (None, None, "en;q=x", "fr"),
    ],
)
def test_the_cookie_wins_then_the_account_then_the_browser(
    cookie: str | None, account: str | None, accepted: str, spoken: str
) -> None:
    assert choose_language(cookie, account, accepted) == spoken


def test_french_has_typographic_apostrophes() -> None:
    told = [str(message.string) for message in PORTAL.stored("fr")]
    assert [text for text in told if re.search(r"\w'\w", text)] == []
