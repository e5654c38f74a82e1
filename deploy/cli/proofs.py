"""`verify-certificate`, `ledger verify`: whether what was said to be forgotten was."""

from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.table import Table

from deploy.cli.client import Operator
from deploy.cli.failures import CommandError, ExitCode, console, told
from deploy.cli.operate import LONG_SECONDS
from deploy.cli.progress import counting
from deploy.cli.up import DataOption, settings_for

PATH: Final = "/ledger/verification"
EXAMPLES: Final = 3

ledger = typer.Typer(no_args_is_help=True, help="Look into the ledger of erasures.")


@ledger.callback()  # without it Typer leaves out the name of an only command
def _group() -> None:
    """Look into the ledger of erasures."""


def verify_certificate(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="A certificate, in JSON or PDF.")
    ],
    key: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="Public key in PEM; else that of this installation."
        ),
    ] = None,
    data: DataOption = None,
) -> None:
    """Tell, without any connection, whether a certificate of erasure is as it was signed."""
    from services.retention.adapters import certificate_key  # noqa: PLC0415 - others stay quick
    from services.retention.adapters.certificate_file import (  # noqa: PLC0415
        NotGenuineError,
        verified_file,
    )

    with told():
        known = key or settings_for(data).secrets_dir / certificate_key.FILE
        try:
            public = certificate_key.read_public_key(known)
        except certificate_key.NoSuchKeyError as error:
            raise CommandError(f"{error}: give the public key with --key", ExitCode.USAGE) from None
        try:
            found = verified_file(file, public)
        except NotGenuineError as error:
            raise CommandError(f"{file.name} is not genuine: {error}") from None
        table = Table("genuine", f"signed with the key {found.key_id}")
        certificate = found.certificate
        for name in ("certificate_id", "subject_id", "reason", "mode", "issued_at"):
            table.add_row(name, str(certificate.get(name)))
        for scope in certificate.get("scopes", []):
            table.add_row("erased", f"{scope['category']} {scope['object']}")
        for one in certificate.get("verification", {}).get("searches", []):
            table.add_row("searched", _searched(one))
        console.print(table)


def _searched(one: dict[str, Any]) -> str:
    """Return in one line what a service looked at to verify an erasure."""
    left_out = sum(one["not_searchable"].values())
    return (
        f"{one['service']}: {one['documents']} documents, {one['records']} records, "
        f"{one['files']} files; {one['canaries']} values searched for, {left_out} too short or "
        f"common; {one['attempts']} attempts to open, all failed"
    )


@ledger.command("verify")
def verify(data: DataOption = None) -> None:
    """Check the chain of the ledger, and that destroyed keys and certificates agree with it."""
    with told(), Operator(settings_for(data), timeout=LONG_SECONDS) as operator:
        found: dict[str, Any] = operator.ask("GET", "retention", PATH)
        if found["defect"] is not None:
            raise CommandError(f"the ledger has been tampered with: {found['defect']}")
        checked, not_genuine, not_in_ledger = _certificates(operator)
        if found["unlisted_keys"]:
            raise CommandError(f"{found['unlisted_keys']} destroyed keys are not in the ledger")
        for ids, what in ((not_genuine, "not genuine"), (not_in_ledger, "not in the ledger")):
            if ids:
                some = ", ".join(ids[:EXAMPLES])
                raise CommandError(f"{len(ids)} certificates are {what}, for example {some}")
        console.print(
            f"{found['entries']} entries in an unbroken chain, {found['destroyed_keys']} destroyed "
            f"keys and {checked} certificates: all agree"
        )


def _certificates(operator: Operator) -> tuple[int, list[str], list[str]]:
    """Return how many certificates there are, those not genuine and those not in the ledger."""
    checked, after = 0, ""
    not_genuine: list[str] = []
    not_in_ledger: list[str] = []
    with counting("certificates", console) as bar:
        task = bar.add_task("certificates", total=None)
        while True:
            path = f"{PATH}/certificates?after={after}"
            found: dict[str, Any] = operator.ask("GET", "retention", path)
            checked += found["checked"]
            not_genuine += found["not_genuine"]
            not_in_ledger += found["not_in_ledger"]
            bar.update(task, completed=checked, total=found["total"])
            if found["after"] is None:
                return checked, not_genuine, not_in_ledger
            after = found["after"]
