"""`python -m deploy.docs.release [--check]`: write down the contracts of a version, for good."""

import hashlib
import json
from importlib.metadata import version
from typing import Annotated

import typer

from deploy.docs.compatibility import breaks
from deploy.docs.contracts import CHECKSUMS, current, released, released_file
from deploy.docs.described import described_services


def main(
    *,
    check: Annotated[
        bool, typer.Option(help="Write nothing; exit with 1 if a release would be broken.")
    ] = False,
) -> None:
    """Write the contracts of the version in pyproject.toml, unless they break a release before."""
    contracts = current(described_services())
    broken = [
        f"{release}: {what}"
        for release, before in released().items()
        for what in breaks(before, contracts)
    ]
    if broken:
        typer.echo("\n".join(broken), err=True)
        raise typer.Exit(1)
    if check:
        return
    file = released_file(version("carionexiq"))
    if file.exists():
        typer.echo(f"{file.stem} has been released; raise the version in pyproject.toml", err=True)
        raise typer.Exit(1)
    text = json.dumps(contracts, indent=1, sort_keys=True) + "\n"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    with CHECKSUMS.open("a") as sums:
        sums.write(f"{hashlib.sha256(text.encode()).hexdigest()}  {file.name}\n")
    typer.echo(f"written: {file.name}")


if __name__ == "__main__":
    typer.run(main)
