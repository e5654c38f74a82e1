"""`carionexiq`: the command line of the whole system."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.anomalies import anomalies
from deploy.cli.backup import backup
from deploy.cli.code import code
from deploy.cli.dead_letters import dlq
from deploy.cli.failures import MEANINGS, told
from deploy.cli.keys import keys
from deploy.cli.messages import messages
from deploy.cli.operate import republish, sweep
from deploy.cli.processing_record import record_of_processing
from deploy.cli.projections import projections
from deploy.cli.proofs import ledger, verify_certificate
from deploy.cli.restore import restore
from deploy.cli.rules import rules as rules_commands
from deploy.cli.status import status
from deploy.cli.tokens import tokens
from deploy.cli.topics import topics
from deploy.cli.up import down, reset, serve, up

app = typer.Typer(
    no_args_is_help=True,
    help="A learning platform whose privacy policy is executable.",
    epilog="Exit codes: "
    + "; ".join(f"{code.value} {meaning}" for code, meaning in MEANINGS.items()),
    pretty_exceptions_enable=False,
)

for command in (
    up,
    down,
    status,
    serve,
    reset,
    code,
    republish,
    restore,
    sweep,
    verify_certificate,
    record_of_processing,
):
    app.command()(command)
app.add_typer(anomalies, name="anomalies")
app.add_typer(backup, name="backup")
app.add_typer(dlq, name="dlq")
app.add_typer(projections, name="projections")
app.add_typer(topics, name="topics")
app.add_typer(rules_commands, name="rules")
app.add_typer(ledger, name="ledger")
app.add_typer(messages, name="messages")
app.add_typer(keys, name="keys")
app.add_typer(tokens, name="tokens")


@app.command()
def demo(
    learners: Annotated[int, typer.Option(min=1, help="How many lives.")] = 100,
    years: Annotated[int, typer.Option(min=1, max=50, help="How long.")] = 12,
    seed: Annotated[int, typer.Option(help="Same seed, same report.")] = 7,
    report: Annotated[Path, typer.Option(help="Folder of report.html and report.json.")] = Path(
        "report"
    ),
) -> None:
    """Run years of the platform's life on a virtual clock and report what was forgotten."""
    with told():
        from deploy.demo.run import demo as run  # noqa: PLC0415 - other commands stay quick

        raise typer.Exit(run(learners, years, seed, report))


@app.command()
def simulate(
    rules: Annotated[Path, typer.Option(exists=True, help="Folder or file of the rule set.")],
    learners: Annotated[int, typer.Option(min=1)] = 100,
    years: Annotated[int, typer.Option(min=1, max=50)] = 12,
    seed: Annotated[int, typer.Option()] = 7,
    compare: Annotated[
        Path | None, typer.Option(exists=True, help="A second rule set to compare with.")
    ] = None,
) -> None:
    """Show what a rule set would do before it is adopted."""
    with told():
        from deploy.simulation.run import simulate as run  # noqa: PLC0415

        raise typer.Exit(run(rules, learners, years, seed, compare))


if __name__ == "__main__":
    app()
