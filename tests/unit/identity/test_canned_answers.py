"""Canned answers are checked as a whole when they are loaded."""

from pathlib import Path

import pytest

from services.identity.adapters.canned_answers import load_canned_answers
from shared.settings import ConfigurationError

ONE = "- {id: a, fr: {title: T, text: X}, en: {title: T, text: X}}\n"


def test_those_that_ship_are_in_both_languages() -> None:
    assert {"received", "rights"} <= {answer.id for answer in load_canned_answers()}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- {id: a, fr: {title: T, text: X}}", "0/en"),
        ("- {id: a, fr: {title: T, text: ' '}, en: {title: T, text: X}}", "0/fr/text"),
        (ONE * 2, "twice"),
        ("[", "ParserError"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=told):
        load_canned_answers(file)
    with pytest.raises(ConfigurationError, match="FileNotFoundError"):
        load_canned_answers(tmp_path / "none.yaml")
