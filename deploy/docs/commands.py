"""`docs/commands.md`: every command of `carionexiq` with its options, and the exit codes."""

from collections.abc import Iterator
from typing import Any, Final

import typer

from deploy.cli.failures import MEANINGS
from deploy.cli.main import app
from deploy.docs.written import DOCS, Documents

INTRODUCTION: Final = """\
# Commands

<!-- Generated: `python -m deploy.docs`; do not edit. -->

`uv run carionexiq COMMAND`, or `.venv/bin/carionexiq COMMAND`. `make up`, `make down`,
`make status`, `make reset` and `make demo` are short for the commands of the same name.
"""


def document() -> Documents:
    """Return the document by its file."""
    lines = [INTRODUCTION, *_commands(typer.main.get_command(app), "carionexiq")]
    lines += ["## Exit codes", "", "| code | meaning |", "| --- | --- |"]
    lines += [f"| {code.value} | {meaning} |" for code, meaning in MEANINGS.items()]
    return {DOCS / "commands.md": "\n".join([*lines, ""])}


def _commands(group: Any, name: str) -> Iterator[str]:
    for command in group.commands.values():
        path = f"{name} {command.name}"
        if hasattr(command, "commands"):
            yield from _commands(command, path)
            continue
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        options = [p for p in command.params if p.param_type_name == "option"]
        usage = " ".join([path, *(argument.name.upper() for argument in arguments)])
        yield from (f"## `{usage}`", "", " ".join(command.help.split()), "")
        shown = [*arguments, *(option for option in options if "--help" not in option.opts)]
        if shown:
            yield from ("| | | default |", "| --- | --- | --- |")
            yield from (_row(parameter) for parameter in shown)
            yield ""


def _row(parameter: Any) -> str:
    named = [*parameter.opts, *parameter.secondary_opts]
    name = ", ".join(f"`{opt}`" for opt in named if opt.startswith("--")) or parameter.name.upper()
    default = "(required)" if parameter.required else parameter.default
    shown = "" if default in (None, False) else str(default).lower()
    return f"| {name} | {parameter.help or ''} | {shown} |"
