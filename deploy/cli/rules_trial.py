"""A rule set tried on everybody in a running system, page by page, with progress."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rich.table import Table

from deploy.cli.client import Operator
from deploy.cli.failures import console
from deploy.cli.progress import counting

EFFECTS: Final = {
    "at_once": "at once",
    "earlier": "earlier",
    "later": "later",
    "no_longer_dated": "on a day not known yet",
    "otherwise": "the same day, in another way",
    "alarm": "nobody knows when: an alarm",
    "no_longer_alarm": "on a known day, no longer an alarm",
}
"""What the trial calls the ways in which an end changes, in words."""


@dataclass(slots=True)
class Tried:
    """What a rule set would change, for how many."""

    in_force: str = ""
    version: str = ""
    persons: int = 0
    changed: int = 0
    figures: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    @property
    def at_once(self) -> int:
        """How many objects would go at once."""
        return sum(f["objects"] for (_, effect), f in self.figures.items() if effect == "at_once")

    def show(self) -> None:
        """Print it."""
        console.print(
            f"{self.in_force} -> {self.version}: {self.changed} of {self.persons} persons would "
            "see a change"
        )
        if self.figures:
            console.print(self._table())

    def add(self, page: Mapping[str, Any]) -> None:
        """Add the figures of one page to those of the others."""
        self.in_force, self.version = page["in_force"], page["version"]
        self.persons += page["persons"]
        self.changed += page["changed_persons"]
        for figure in page["figures"]:
            key = figure["category"], figure["effect"]
            known = self.figures.get(key)
            if known is None:
                self.figures[key] = dict(figure)
                continue
            known["objects"] += figure["objects"]
            known["persons"] += figure["persons"]
            known["furthest_days"] = max(known["furthest_days"], figure["furthest_days"])

    def _table(self) -> Table:
        table = Table("category", "would go", "objects", "persons", "by up to", "for example")
        for (category, effect), figure in sorted(self.figures.items()):
            table.add_row(
                category,
                EFFECTS[effect],
                str(figure["objects"]),
                str(figure["persons"]),
                f"{figure['furthest_days']} days",
                ", ".join(figure["examples"]),
            )
        return table


def try_on_everybody(
    operator: Operator, method: str, path: str, body: Mapping[str, Any] | None = None
) -> Tried:
    """Return what the rule set at `path`, or in `body`, would change for the people there are."""
    tried = Tried()
    with counting("persons", console) as bar:
        task = bar.add_task("persons", total=None)
        after: str | None = ""
        while after is not None:
            page: dict[str, Any] = operator.ask(method, "retention", f"{path}?after={after}", body)
            tried.add(page)
            bar.update(task, completed=tried.persons, total=page["total"])
            after = page["after"]
    return tried
