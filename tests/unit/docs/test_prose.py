"""What the documents mention exists: files, commands, targets, settings, exit codes."""

import re
from importlib import import_module
from pathlib import Path
from typing import Final

import pytest
import typer

from deploy.cli.failures import MEANINGS
from deploy.cli.main import app
from deploy.cli.settings import SystemSettings
from deploy.docs.configuration import variables
from shared.topics import SERVICES
from tests.unit.docs.documents import DOCS, ROOT, WRITTEN, links

PAGES: Final = [pytest.param(page, id=str(page.relative_to(ROOT))) for page in WRITTEN]
DECISIONS: Final = sorted((DOCS / "decisions").glob("0*.md"))
OTHER_VARIABLES: Final = {"CARIONEXIQ_DATA", "CARIONEXIQ_CHAOS_SEED"}
"""Names that look like a setting: the mark of a data folder, the seed of a test."""


@pytest.mark.parametrize("page", PAGES)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    for link in links(page):
        path = link.partition("#")[0]
        if path and "://" not in path and not path.startswith("mailto:"):
            assert (page.parent / path).exists(), link


@pytest.mark.parametrize("page", PAGES)
def test_every_target_of_make_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    used = re.findall(r"(?:`|^)make ([a-z]+)", page.read_text(), re.MULTILINE)
    assert set(used) <= targets


@pytest.mark.parametrize("page", PAGES)
def test_every_command_exists(page: Path) -> None:
    commands = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    used = re.findall(r"(?:`|run |bin/)carionexiq ([a-z-]+)", page.read_text())
    assert set(used) <= commands


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_exists(page: Path) -> None:
    settings = [SystemSettings, import_module("services.gateway.settings").GatewaySettings]
    for service in SERVICES:
        module = import_module(f"services.{service}.settings")
        settings += [s for name, s in vars(module).items() if name.endswith("Settings")]
    known = {variable for s in settings for variable in variables(s).values()} | OTHER_VARIABLES
    used = set(re.findall(r"\bCARIONEXIQ_[A-Z0-9_]+\b", page.read_text()))
    assert used <= known


def test_the_readme_tells_every_exit_code() -> None:
    readme = (ROOT / "README.md").read_text()
    for code, meaning in MEANINGS.items():
        assert f"| {code.value} | {meaning} |" in readme


def test_the_readme_opens_with_a_picture_and_two_commands() -> None:
    readme = (ROOT / "README.md").read_text()
    assert readme.index("![") < readme.index("make up") < readme.index("## ")
    assert "make test" in readme


@pytest.mark.parametrize("page", [pytest.param(page, id=page.stem) for page in DECISIONS])
def test_a_decision_is_listed(page: Path) -> None:
    assert f"]({page.name})" in (DOCS / "decisions" / "README.md").read_text()
