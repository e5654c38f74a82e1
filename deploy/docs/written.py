"""Documents as files: written, or compared with what is in the tree."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import typer
import yaml

ROOT: Final = Path(__file__).resolve().parents[2]
DOCS: Final = ROOT / "docs"

Documents = Mapping[Path, str]
"""Text of each generated document, by its file."""


def as_yaml(title: str, document: Mapping[str, Any]) -> str:
    """Return `document` as YAML under a comment that says where it comes from."""
    plain = json.loads(json.dumps(dict(document)))  # enumerations and tuples become plain values
    body = yaml.dump(plain, Dumper=_Indented, sort_keys=False, allow_unicode=True, width=100)
    return f"# {title} Generated: `python -m deploy.docs`; do not edit.\n{body}"


def put(documents: Documents, *, check: bool) -> list[Path]:
    """Write `documents`, or with `check` only compare; return the files that differed."""
    stale = [
        file
        for file, text in documents.items()
        if not file.exists() or file.read_text(encoding="utf-8") != text
    ]
    if not check:
        for file in stale:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(documents[file], encoding="utf-8")
    return stale


def finish(documents: Documents, *, check: bool) -> None:
    """Put `documents`, say which ones that concerned, and exit with 1 for stale ones.

    Raises:
        typer.Exit: with `check`, some document is stale.
    """
    stale = put(documents, check=check)
    for file in stale:
        typer.echo(f"{'stale' if check else 'written'}: {file.relative_to(ROOT)}")
    if check and stale:
        typer.echo("bring them up to date with `uv run python -m deploy.docs`", err=True)
        raise typer.Exit(1)


class _Indented(yaml.SafeDumper):
    """Indents lists under their key and repeats values instead of naming them by anchors."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - PyYAML's signature
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True
