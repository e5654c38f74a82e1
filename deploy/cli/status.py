"""`status`: what runs, whether it makes progress, and what is promised about durability."""

from datetime import timedelta
from typing import Any

import httpx
import typer
from rich.table import Table

from deploy.backup.daily import health_of
from deploy.cli.client import Operator
from deploy.cli.failures import CommandError, ExitCode, console, told
from deploy.cli.messages import PATH as ASIDE
from deploy.cli.settings import SystemSettings
from deploy.cli.system import embedded_engines, service_process
from deploy.cli.up import SERVABLE, DataOption, settings_for
from shared.engines import Managed, NotReadyError, RunFile, RunningProcess
from shared.topics import SERVICES


def status(data: DataOption = None) -> None:
    """Show processes, ports, readiness, lag and the durability in force."""
    with told():
        settings = settings_for(data)
        running = RunFile(settings.data_dir.absolute()).live()
        if running is None:
            raise CommandError(f"nothing runs on {settings.data_dir}", ExitCode.WRONG_STATE)
        processes = {process.name: process for process in running.processes}
        table = Table("process", "pid", "ports", "restarts", "ready", "outbox", "lag", "DLQ")
        all_ready = True
        with Operator(settings, timeout=5) as operator:
            for managed in _expected(settings):
                ready = _is_ready(managed)
                all_ready &= ready
                flow = _flow(operator, managed.name) if ready else None
                table.add_row(*_row(managed, processes.get(managed.name), ready=ready, flow=flow))
            rules = _rules(operator)
        console.print(table)
        if rules:
            console.print(rules, markup=False)
        console.print(durability(settings), markup=False)
        for line in (*backups(settings), *put_aside(settings)):
            console.print(line, markup=False)
        if not all_ready:
            raise typer.Exit(ExitCode.FAILED)


def durability(settings: SystemSettings) -> str:
    """Return what an acknowledged write survives, in one line."""
    if not settings.embeds_mongodb:
        return "durability: as configured on the MongoDB at MONGODB_URI (w=majority, journal)"
    if settings.sync_on_commit:
        return (
            "durability: an acknowledged write survives a killed process and a power cut "
            "(fsync at every commit); Kafka is rebuilt from the stores when it lost some"
        )
    return (
        "durability: an acknowledged write survives a killed process, not a power cut "
        "(CARIONEXIQ_SYNC_ON_COMMIT=false)"
    )


def put_aside(settings: SystemSettings) -> list[str]:
    """Return a line when a restore put messages aside, which wait for an operator."""
    try:
        with Operator(settings, timeout=5) as operator:
            total = int(operator.ask("GET", "notify", f"{ASIDE}?limit=1")["total"])
    except (CommandError, httpx.HTTPError):
        return []  # that notify does not answer is in the table
    if not total:
        return []
    return [f"WARNING: a restore put {total} messages aside: carionexiq messages aside"]


def backups(settings: SystemSettings) -> list[str]:
    """Return a line for each target of backups, with a warning where one is missing or late."""
    if not settings.backup_targets:
        return ["backups: none; CARIONEXIQ_BACKUP_TARGETS names two sites"]
    now, every = settings.clock().now(), timedelta(hours=settings.backup_hours)
    lines = []
    for one in health_of(settings, settings.backup_targets):
        last = f"{one.last:%Y-%m-%d %H:%M} UTC" if one.last is not None else "never"
        line = f"backup at {one.target}: last {last}"
        if one.late(now, every):
            line += "  WARNING: late, see logs/backup.log"
        if one.overdue:
            line += f"  WARNING: {one.overdue} copies outlive their life: carionexiq backup prune"
        lines.append(line)
        lines += [f"  WARNING: {defect}" for defect in one.defects]
    return lines


def _expected(settings: SystemSettings) -> list[Managed]:
    return [*embedded_engines(settings), *(service_process(settings, name) for name in SERVABLE)]


def _is_ready(managed: Managed) -> bool:
    try:
        managed.probe()
    except NotReadyError:
        return False
    return True


def _flow(operator: Operator, name: str) -> dict[str, Any] | None:
    if name not in SERVICES:
        return None
    try:
        flow: dict[str, Any] = operator.ask("GET", name, "/ops/flow")
    except (CommandError, httpx.HTTPError):
        return None
    return flow


def _rules(operator: Operator) -> str:
    """Return which rules are in force and whether others wait to be adopted; nothing if unknown."""
    try:
        found: dict[str, Any] = operator.ask("GET", "retention", "/status")
    except (CommandError, httpx.HTTPError):
        return ""
    told = f"rules: {found['rules_version']} in force"
    if found["clocks_waiting"]:
        told += f", clocks still to follow: {found['clocks_waiting']} of {found['lives']}"
    if found["rules_offered"]:
        told += f"; this release brings {found['rules_offered']}: `carionexiq rules adopt`"
    return told


def _row(
    managed: Managed,
    process: RunningProcess | None,
    *,
    ready: bool,
    flow: dict[str, Any] | None,
) -> list[str]:
    return [
        managed.name,
        str(process.pid) if process else "-",
        " ".join(str(port) for port in managed.ports),
        str(process.restarts) if process else "-",
        "[green]yes[/]" if ready else "[red]no[/]",
        str(flow["outbox"]) if flow else "",
        str(lag(flow)) if flow else "",
        str(flow["dead_letters_waiting"]) if flow else "",
    ]


def lag(flow: dict[str, Any]) -> int:
    """Return how many records the service's groups have still to process."""
    return sum(
        max(0, partition["end"] - partition["position"])
        for group in flow["groups"]
        for partition in group["partitions"]
    )
