"""The watching rules: mistakes name file, line and rule; a rule without its data says so."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from deploy.watch.rate import Population, tally
from services.identity.adapters.geography import Geography
from services.identity.application.watch_book import load_watch_rules, standings
from services.identity.domain.anomaly.facts import Place, SignIn
from services.identity.domain.anomaly.judge import of_sign_ins
from services.identity.domain.anomaly.parse import parse_watch_rules
from services.identity.domain.anomaly.rules import ImpossibleTravel
from services.identity.domain.anomaly.sign_ins import least_km
from services.identity.domain.errors import WatchRulesError
from services.identity.settings import WATCH_RULES
from shared.settings import ConfigurationError
from tests.geography import city, written

TEXT: Final = WATCH_RULES.read_text(encoding="utf-8")
RULES: Final = parse_watch_rules(TEXT, WATCH_RULES.name)
NOW: Final = datetime(2026, 3, 10, 12, tzinfo=UTC)


def line_with(words: str) -> int:
    return next(n for n, line in enumerate(TEXT.splitlines(), start=1) if words in line)


@pytest.mark.promise("C7.4")
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("faster_than_kmh: 900", "faster_than_kmh: fast", "rule impossible-travel: when."),
        ("      accounts: 20\n", "", "rule stuffing-one-network: when."),
        ("kind: scraping", "kind: copying", "rule scraping: when"),
        ("again_after: PT1H", "again_after: PT0S", "rule new-device: again_after"),
    ],
)
def test_a_mistake_names_file_line_and_rule(old: str, new: str, told: str) -> None:
    assert old in TEXT
    with pytest.raises(WatchRulesError) as error:
        parse_watch_rules(TEXT.replace(old, new, 1), "rules.yaml")
    assert str(error.value).startswith("rules.yaml:")
    assert told in str(error.value)


def test_the_line_is_that_of_the_value() -> None:
    with pytest.raises(WatchRulesError) as error:
        parse_watch_rules(TEXT.replace("persons: 300", "persons: 0"), "rules.yaml")
    assert str(error.value).startswith(f"rules.yaml:{line_with('persons: 300')}: rule scraping: ")


def _changed(rule_id: str, **fields: object) -> str:
    content: dict[str, Any] = yaml.safe_load(TEXT)
    next(one for one in content["rules"] if one["id"] == rule_id).update(fields)
    return yaml.safe_dump(content)


@pytest.mark.parametrize(
    ("rule", "fields", "told"),
    [
        ("scraping", {"letter": True}, "a letter asks about a sign-in"),
        ("scraping", {"alarm": False}, "never judged: alarm is needed"),
        ("scraping", {"id": "new-device"}, "two rules are called new-device"),
        ("new-device", {"promises": ["C7"]}, "pattern"),
    ],
)
def test_what_contradicts_itself_is_refused(
    rule: str, fields: Mapping[str, object], told: str
) -> None:
    with pytest.raises(WatchRulesError, match=told):
        parse_watch_rules(_changed(rule, **fields), "rules.yaml")


@pytest.mark.parametrize("text", ["", "- a", "version: [", "{}"])
def test_what_is_no_rule_set_is_refused(text: str) -> None:
    with pytest.raises(WatchRulesError, match=r"rules\.yaml"):
        parse_watch_rules(text, "rules.yaml")


def test_a_missing_file_stops_the_start_with_the_setting(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="CARIONEXIQ_WATCH_RULES_FILE"):
        load_watch_rules(tmp_path / "none.yaml")


@pytest.mark.promise("C7.4")
def test_without_geography_travel_says_that_it_watches_nothing() -> None:
    nowhere = Geography(None)
    assert nowhere.place("192.0.2.1") is None
    inactive = {one.rule.id for one in standings(RULES, nowhere) if one.inactive_because}
    assert inactive == {"impossible-travel"}


def test_a_file_of_cities_tells_places_and_knows_its_age(tmp_path: Path) -> None:
    geography = Geography(
        written(tmp_path / "cities.mmdb", {"192.0.2.0/24": city(45.76, 4.84, "FR")})
    )
    assert geography.place("192.0.2.9") == Place(45.76, 4.84, 20, "FR")
    assert geography.place("198.51.100.1") is None
    assert geography.place("no address") is None
    inactive = {one.rule.id for one in standings(RULES, geography) if one.inactive_because}
    assert inactive == set()
    assert geography.made_at is not None
    geography.close()


def test_a_file_without_coordinates_stops_the_start(tmp_path: Path) -> None:
    countries = written(
        tmp_path / "countries.mmdb", {"192.0.2.0/24": {"country": {"iso_code": "FR"}}}
    )
    with pytest.raises(ConfigurationError, match=r"CARIONEXIQ_GEOGRAPHY_FILE.*no coordinates"):
        Geography(countries)
    with pytest.raises(ConfigurationError, match="CARIONEXIQ_GEOGRAPHY_FILE: cannot read"):
        Geography(tmp_path / "none.mmdb")


places = st.builds(
    Place,
    st.floats(-90, 90),
    st.floats(-180, 180),
    st.floats(0, 500),
)


@given(places, places)
def test_distances_are_those_of_a_sphere(one: Place, other: Place) -> None:
    assert least_km(one, one) == 0
    assert least_km(one, other) == pytest.approx(least_km(other, one), abs=1e-6)
    assert 0 <= least_km(one, other) <= 20_038


@pytest.mark.promise("C7.4")
@given(places, places, st.floats(0.02, 23))
def test_nobody_who_travels_slower_than_the_rule_is_ever_suspected(
    one: Place, other: Place, hours: float
) -> None:
    rule = RULES.rule("impossible-travel")
    assert rule is not None
    assert isinstance(rule.when, ImpossibleTravel)
    then = NOW - timedelta(hours=hours)
    before = SignIn(then, "home", "Firefox, Windows", known=True, place=one)
    after = SignIn(NOW, "away", "Firefox, Windows", known=False, place=other)
    found = {finding.rule for finding in of_sign_ins(RULES, "learner-a", [before, after])}
    apart = least_km(one, other)
    possible = apart <= 500 or apart <= 900 * hours * 0.999
    assert not (possible and "impossible-travel" in found)
    if apart > 500 and apart > 900 * hours * 1.001:
        assert found == {"impossible-travel"}, "one letter about one sign-in"


def test_the_rate_on_a_population_is_the_same_for_the_same_seed() -> None:
    small = Population(learners=30, staff=4, days=60, seed=3)
    found = tally(RULES, small)
    assert found == tally(RULES, small)
    assert set(found) == {rule.id for rule in RULES.rules}
    assert found["stuffing-one-network"] == found["scraping"] == found["impossible-travel"] == 0
