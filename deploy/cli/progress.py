"""What people see of long work: one line for each process that starts, or a bar that counts."""

from collections.abc import Iterable
from typing import Final, Self

from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

MARKS: Final = {"ready": ("●", "green"), "starting": ("◌", "yellow"), "stopping": ("○", "dim")}


class StartView:
    """A table that changes in place on a terminal, and plain lines everywhere else."""

    def __init__(self, console: Console, names: Iterable[str]) -> None:
        self._console = console
        self._messages = dict.fromkeys(names, "waiting")
        self._live: Live | None = None

    def __enter__(self) -> Self:
        """Begin to show."""
        if self._console.is_terminal:
            self._live = Live(self._table(), console=self._console, refresh_per_second=8)
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the last state on the screen; later messages are plain lines."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def report(self, name: str, message: str) -> None:
        """Show that `message` is happening to process `name`."""
        self._messages[name] = message
        if self._live is not None:
            self._live.update(self._table())
        else:
            self._console.print(f"{name:<10} {message}", markup=False)

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for name, message in self._messages.items():
            mark, style = MARKS.get(message, ("◌", "cyan"))
            table.add_row(Text(mark, style=style), name, Text(message, style=style))
        return table


def counting(what: str, console: Console) -> Progress:
    """Return a bar that counts `what` and goes when it is done; nothing where nobody looks."""
    return Progress(
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
