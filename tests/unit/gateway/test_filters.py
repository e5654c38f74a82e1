"""Every filter that a template names exists: Jinja looks the argument of `map` up only when run."""

import re
from pathlib import Path
from typing import Final

import pytest

from services.gateway import rendering

TEMPLATES: Final = Path(rendering.__file__).parent / "templates"
MAPPED: Final = re.compile(r"map\(\s*['\"](\w+)['\"]")


@pytest.mark.parametrize("file", sorted(TEMPLATES.rglob("*.html")), ids=lambda one: one.name)
def test_what_map_is_given_is_a_filter(file: Path) -> None:
    used = set(MAPPED.findall(file.read_text(encoding="utf-8")))
    assert used <= rendering.environment("fr").filters.keys()
