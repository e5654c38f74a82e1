"""The policy page: every promise stands on it, in both languages, with the ways to complain."""

import re
from pathlib import Path

import pytest

import services.gateway

POLICY = Path(services.gateway.__file__).parent / "templates" / "policy"
PROMISES = 58


def shown(language: str) -> dict[str, str]:
    """Return the text of every numbered promise on the page in `language`."""
    page = (POLICY / f"{language}.html").read_text(encoding="utf-8")
    return dict(re.findall(r"p\('(C\d+\.\d+)'\) \}\}(.*)", page))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_promise_stands_on_the_page(language: str) -> None:
    assert len(shown(language)) == PROMISES


@pytest.mark.promise("C13.2", "C13.3")
@pytest.mark.parametrize(("language", "courts"), [("fr", "tribunaux"), ("en", "courts")])
def test_the_page_names_the_authority_the_law_and_the_courts(language: str, courts: str) -> None:
    assert "CNIL" in shown(language)["C13.2"]
    assert courts in shown(language)["C13.3"]
