"""`code`: what the authenticator app of a demo account shows now."""

from typing import Annotated

import typer

from deploy.authenticator import present_code
from deploy.cli.failures import CommandError, ExitCode, console, told
from deploy.cli.secrets import demo_secrets
from deploy.cli.up import DataOption, settings_for


def code(
    role: Annotated[str, typer.Argument(help="Role of the demo account, as `up` prints it.")],
    data: DataOption = None,
) -> None:
    """Show the code with which a demo member of staff signs in now.

    Each serves once; a new one comes every 30 seconds.
    """
    with told():
        settings = settings_for(data)
        secret = demo_secrets(settings.secrets_dir).get(role)
        if secret is None:
            raise CommandError(
                f"there is no demo {role} with an authenticator app here: `carionexiq up` makes it",
                ExitCode.WRONG_STATE,
            )
        console.print(present_code(secret, settings.clock().now()), markup=False)
