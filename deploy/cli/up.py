"""`up`, `down`, `serve`, `reset`: the life of the system on this machine."""

import contextlib
import os
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import httpx
import psutil
import typer
from rich.panel import Panel
from rich.table import Table

from deploy.backup.daily import DailyBackups
from deploy.cli import seed
from deploy.cli.failures import CommandError, ExitCode, console, errors, told
from deploy.cli.progress import StartView
from deploy.cli.secrets import prepare
from deploy.cli.settings import SystemSettings
from deploy.cli.system import build_system, service_process
from shared.engines import PortBusyError, RunFile, Supervisor, is_free
from shared.settings import load_settings
from shared.topics import SERVICES

DataOption = Annotated[
    Path | None,
    typer.Option("--data", help="Folder of all data (CARIONEXIQ_DATA_DIR, else ./data)."),
]
SERVABLE: Final = (*SERVICES, "gateway")
DOWN_SECONDS: Final = 100.0
MARKER: Final = "CARIONEXIQ_DATA"
"""File that says that a folder is ours to empty."""


def settings_for(data: Path | None) -> SystemSettings:
    """Return the settings, with the folder of the command line before the environment's."""
    if data is not None:
        os.environ["CARIONEXIQ_DATA_DIR"] = str(data)
    return load_settings(SystemSettings)


def up(
    data: DataOption = None,
    *,
    demo_accounts: Annotated[
        bool, typer.Option(help="Create accounts to sign in with, of invented people.")
    ] = True,
) -> None:
    """Start everything, print where the portal is, and run until Ctrl-C."""
    with told():
        settings = settings_for(data)
        _mark(settings.data_dir)
        backups = DailyBackups(settings)
        view = StartView(console, _names(settings))
        system = build_system(settings, report=view.report)
        with _stopping_on_signals(system):
            with view:
                system.start()
            try:
                if system.all_ready():
                    _greet(settings, system, demo_accounts=demo_accounts)
                while not system.wait(0.5):
                    if (news := backups.tick()) is not None:
                        errors.print(news, markup=False)
            finally:
                backups.stop()
                system.stop()
        console.print("stopped")


def down(data: DataOption = None) -> None:
    """Stop a running `up` and wait until nothing of it is left."""
    with told():
        settings = settings_for(data)
        running = RunFile(settings.data_dir.absolute()).live()
        supervisor = running.supervisor.alive() if running is not None else None
        if running is None or supervisor is None:
            raise CommandError(f"nothing runs on {settings.data_dir}", ExitCode.WRONG_STATE)
        with contextlib.suppress(psutil.NoSuchProcess):
            supervisor.terminate()
        if not running.supervisor.wait_until_ended(DOWN_SECONDS):
            raise CommandError(f"process {supervisor.pid} has not stopped yet")
        console.print("stopped")


def serve(
    service: Annotated[str, typer.Argument(help=f"One of {', '.join(SERVABLE)}.")],
    data: DataOption = None,
) -> None:
    """Run one service alone, in the foreground, against engines that run already."""
    with told():
        if service not in SERVABLE:
            raise CommandError(f"no service {service}: {', '.join(SERVABLE)}", ExitCode.USAGE)
        settings = settings_for(data)
        prepare(settings)
        process = service_process(settings, service)
        for port, setting in process.ports.items():
            if not is_free(port):
                raise PortBusyError(service, port, setting)
        program, *arguments = process.command()
        console.print(f"{service} on {process.url}")
        os.execve(  # noqa: S606 - our own command line, no shell
            program, [program, *arguments], {**os.environ, **process.environment()}
        )


def reset(
    data: DataOption = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Forget everything: data, keys, ledger, mailbox, logs. Refuses while the system runs."""
    with told():
        settings = settings_for(data)
        folder = settings.data_dir.absolute()
        if not folder.exists():
            console.print(f"nothing to forget in {folder}")
            return
        if not (folder / MARKER).exists():
            raise CommandError(f"{folder} was not made by `carionexiq up`: left as it is")
        run_file = RunFile(folder)
        if run_file.live() is not None:
            raise CommandError("the system runs: `carionexiq down` first", ExitCode.WRONG_STATE)
        if not yes and not typer.confirm(f"Delete everything in {folder}, without recovery?"):
            raise CommandError("nothing was deleted")
        # Taking the lock also ends what a killed supervisor may have left.
        run_file.acquire()
        run_file.release()
        shutil.rmtree(folder)
        console.print(f"forgotten: {folder}")
        if not (settings.embeds_kafka and settings.embeds_mongodb):
            errors.print("Kafka or MongoDB given by an address keep what they hold.")


def _names(settings: SystemSettings) -> list[str]:
    engines = [
        ("kafka", settings.embeds_kafka),
        ("mongodb", settings.embeds_mongodb),
        ("mailbox", settings.embeds_mailbox),
    ]
    return [*(name for name, embedded in engines if embedded), *SERVABLE]


def _mark(folder: Path) -> None:
    """Create the data folder; one that exists and holds other things is left without a mark."""
    empty = not folder.exists() or not any(folder.iterdir())
    folder.mkdir(parents=True, exist_ok=True)
    if empty:
        (folder / MARKER).write_text("Everything in this folder belongs to carionexiq.\n")


@contextmanager
def _stopping_on_signals(system: Supervisor) -> Iterator[None]:
    """Stop `system` in order on Ctrl-C, on `down`, and when the terminal closes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    earlier = [signal.signal(number, lambda *_: system.request_stop()) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, earlier, strict=True):
            signal.signal(number, handler)


def _greet(settings: SystemSettings, system: Supervisor, *, demo_accounts: bool) -> None:
    lines = Table.grid(padding=(0, 2))
    lines.add_row("portal", f"[bold]{settings.portal}[/]")
    lines.add_row("data", str(settings.data_dir.absolute()))
    if demo_accounts:
        try:
            for account in seed.demo_accounts(settings, lambda: system.stopping):
                lines.add_row(account.role, f"{account.email}  {account.password}")
                if account.secret:
                    lines.add_row("", f"[dim]app secret[/] {account.secret}")
            lines.add_row("codes", "[dim]carionexiq code ROLE shows the code of now[/]")
        except (CommandError, httpx.HTTPError) as error:
            if system.stopping:
                return
            reason = str(error) or type(error).__name__
            errors.print(f"demo accounts are missing: {reason}", markup=False)
    lines.add_row("", "[dim]Ctrl-C stops everything; the data stays.[/]")
    console.print(Panel(lines, title="carionexiq", expand=False))
