"""What is wrong with a rule set or a life, told line by line."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from deploy.cli.failures import ExitCode, errors


@contextmanager
def mistakes_told() -> Iterator[None]:
    """End with the mistakes of a rule set or a life, a line each."""
    from deploy.rules.life_file import LifeFileError  # noqa: PLC0415 - other commands stay quick
    from services.retention.domain.errors import RuleSetError  # noqa: PLC0415

    try:
        yield
    except (LifeFileError, RuleSetError) as error:
        errors.print(str(error), markup=False)
        raise typer.Exit(ExitCode.USAGE) from error
