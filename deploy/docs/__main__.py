"""`python -m deploy.docs [--check]`: write every generated document, or tell which are stale."""

from typing import Annotated

import typer

from deploy.docs import (
    asyncapi,
    commands,
    configuration,
    openapi,
    portability,
    rights,
    traceability,
)
from deploy.docs.described import described_services
from deploy.docs.written import finish


def main(
    *,
    check: Annotated[
        bool, typer.Option(help="Write nothing; exit with 1 if one is stale.")
    ] = False,
) -> None:
    """Write every generated document, or compare it with the tree."""
    services = described_services()
    finish(
        {
            **asyncapi.document(services),
            **openapi.documents(services),
            **configuration.document(services),
            **commands.document(),
            **portability.document(),
            **rights.document(),
            **traceability.document(),
        },
        check=check,
    )


typer.run(main)
