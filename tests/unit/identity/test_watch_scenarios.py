"""Every rule finds its attacks and leaves normal life alone: recorded facts, one after another."""

from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from services.identity.domain.anomaly.parse import parse_watch_rules
from services.identity.domain.anomaly.recorded import Scenario, found_in
from services.identity.settings import WATCH_RULES
from shared.yaml_text import parsed

FOLDER: Final = Path(__file__).parent / "scenarios"
FILES: Final = sorted(FOLDER.glob("*.yaml"))
RULES: Final = parse_watch_rules(WATCH_RULES.read_text(encoding="utf-8"), WATCH_RULES.name)
SCENARIOS: Final = {
    file.stem: Scenario.model_validate(parsed(file.read_text(encoding="utf-8"))) for file in FILES
}


@pytest.mark.promise("C1.5", "C7.4")
@pytest.mark.parametrize("name", SCENARIOS)
def test_what_happened_is_found_and_nothing_else(name: str) -> None:
    scenario = SCENARIOS[name]
    found = Counter(one.rule for one in found_in(scenario, RULES))
    assert found == Counter(scenario.expect), scenario.title


@pytest.mark.promise("C7.4")
def test_every_rule_has_an_attack_that_it_finds_and_normal_life_that_it_leaves_alone() -> None:
    attacked = {rule for one in SCENARIOS.values() if one.kind == "attack" for rule in one.expect}
    assert attacked == {rule.id for rule in RULES.rules}
    normal = [one for one in SCENARIOS.values() if one.kind == "normal"]
    assert not any(one.expect for one in normal)
    assert any(one.accounts for one in normal)
    assert any(one.failures for one in normal)
    assert any(one.desks for one in normal)
    assert any(one.answers for one in normal)
