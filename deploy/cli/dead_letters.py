"""`dlq list` and `dlq replay`: what could not be processed, and a second chance for it.

The values of the records are never shown: reasons, places and ids are enough to decide.
"""

import asyncio
from collections.abc import Collection

from rich.table import Table

from deploy.cli.failures import console
from deploy.cli.settings import SystemSettings
from shared.consuming.dead_letter_queue import list_dead_letters, replay_dead_letters


def show(settings: SystemSettings, service: str) -> None:
    """Print the dead letters of `service`, oldest first."""
    letters = asyncio.run(list_dead_letters(settings.as_seen_by_services(), service))
    table = Table("place", "type", "from", "tries", "consumer", "reason")
    for letter in letters:
        table.add_row(
            letter.place,
            letter.event_type or "?",
            letter.origin,
            str(letter.attempts),
            letter.consumer,
            letter.reason,
        )
    console.print(table if letters else f"no dead letters of {service}")


def replay(settings: SystemSettings, service: str, places: Collection[str]) -> None:
    """Send the dead letters of `service` at `places`, or all, to where they came from."""
    chosen = set(places) or None
    count = asyncio.run(replay_dead_letters(settings.as_seen_by_services(), service, chosen))
    console.print(f"{count} records sent again")
