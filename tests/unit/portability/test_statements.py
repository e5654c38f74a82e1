"""Learning records as xAPI 1.0.3 statements: valid and stable."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator, FormatChecker

from shared.portability.file import Imported, PortabilityFile, Session
from shared.portability.statements import VERBS, statements
from tests.unit.portability.given import MADE_AT, SOURCE, answer, course, files

RULES: Final = Draft202012Validator(
    json.loads(Path(__file__).with_name("xapi-statement.schema.json").read_text(encoding="utf-8")),
    format_checker=FormatChecker(),
)


def of(*records: Any) -> list[Any]:
    return statements(Imported(source=SOURCE, record=one) for one in records)


@pytest.mark.promise("C8.5")
@settings(max_examples=40)
@given(files)
def test_every_statement_keeps_the_rules_of_xapi(file: PortabilityFile) -> None:
    made = statements(file.brought)
    for one in made:
        RULES.validate(one)
    assert len({one["id"] for one in made}) == len(
        {json.dumps(one, sort_keys=True) for one in made}
    )


@pytest.mark.promise("C8.5")
def test_what_was_done_becomes_the_verbs_of_the_adl() -> None:
    made = of(course(answer()), Session(id="session-1", at=MADE_AT))
    said = [one["verb"]["id"].removeprefix(VERBS) for one in made]
    assert sorted(said) == ["answered", "attended", "completed", "exited", "passed", "registered"]
    (answered,) = [one for one in made if one["verb"]["id"] == VERBS + "answered"]
    assert answered["result"] == {
        "response": "a[,]c",
        "score": {"scaled": 0.5, "raw": 50, "min": 0, "max": 100},
    }
    assert answered["context"]["contextActivities"]["parent"][0]["id"] == (
        "https://ailleurs.test/modules/budget-request"
    )
    assert answered["timestamp"] == "2026-03-02T10:00:00.000Z"


@pytest.mark.promise("C8.5")
def test_a_statement_is_the_same_whenever_it_is_made_and_names_nobody() -> None:
    once, again = of(course(answer())), of(course(answer()))
    assert once == again
    elsewhere = Imported(
        source=SOURCE.model_copy(update={"home_page": "https://b.test"}), record=course(answer())
    )
    assert not {one["id"] for one in once} & {one["id"] for one in statements([elsewhere])}
    assert all(set(one["actor"]) == {"objectType", "account"} for one in once)
