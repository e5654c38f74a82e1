"""Uses of personal data that a person's choices decide about: one table for acting and explaining.

A service asks `Choices.verdict` with one of its uses before it acts, and explains from the same
table what a choice would change. So nothing can be promised that is not also enforced.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from shared.words import Language, Text

Kind = Literal["consent", "objection", "restriction"]


def token(kind: Kind, about: str) -> str:
    """Return the name of a choice: about a purpose, or a category."""
    return f"{kind}:{about}"


@dataclass(frozen=True, slots=True)
class Use:
    """Something a service does with a person's data."""

    name: str
    stopped_by: frozenset[str] = frozenset()
    """Objections and restrictions that stop it."""
    needs: str | None = None
    """Consent that it rests on."""
    title: Text | None = None
    """What it is called where consequences are explained."""
    stops: Text | None = None
    """What no longer happens once it is stopped."""


class Consequence(BaseModel):
    """What one choice changes at one place, for one person."""

    use: str
    title: str
    text: str
    examples: list[str]
    """From the person's own data, as of now."""


class Consequences(BaseModel):
    """What one choice changes in one service."""

    items: list[Consequence]


Examples = Callable[[Use], Awaitable[Sequence[str]]]


async def consequences_of(
    choice: str, uses: Sequence[Use], language: Language, examples: Examples
) -> Consequences:
    """Return what `choice` would stop among `uses`, with the person's own examples."""
    return Consequences(
        items=[
            Consequence(
                use=use.name,
                title=use.title.say(language),
                text=use.stops.say(language),
                examples=list(await examples(use)),
            )
            for use in uses
            if choice in use.stopped_by and use.title is not None and use.stops is not None
        ]
    )
