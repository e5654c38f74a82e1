"""`record-of-processing`: the record of processing activities (GDPR art. 30) as a file."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.client import Operator
from deploy.cli.failures import CommandError, console, told
from deploy.cli.up import DataOption, settings_for

PATH = "/record-of-processing"


class Language(StrEnum):
    """Languages of the spreadsheet."""

    FR = "fr"
    EN = "en"


def record_of_processing(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="To write: .xlsx or .json.")],
    language: Annotated[Language, typer.Option(help="Of the spreadsheet.")] = Language.FR,
    data: DataOption = None,
) -> None:
    """Write the record of processing activities of the running system."""
    with told():
        operator = Operator(settings_for(data))
        sheet = f"{PATH}/spreadsheet?language={language}"
        answer = operator.call("GET", "retention", PATH if file.suffix == ".json" else sheet)
        if not answer.is_success:
            raise CommandError(f"retention refuses: {answer.status_code}")
        file.write_bytes(answer.content)
        console.print(f"written: {file}")
