"""Objection and restriction: first the consequences, from the services themselves (C8.3)."""

import hashlib
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Literal

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from services.gateway.services import Json, Part, items
from services.gateway.visitor import Learner, Visitor
from services.gateway.wording import marked

router = APIRouter()

Kind = Literal["objection", "restriction"]
LISTS: Final[dict[Kind, tuple[str, str]]] = {
    "objection": ("objections", "purpose"),
    "restriction": ("restrictions", "category"),
}
ASKED: Final = ("learning", "notify", "identity")
"""Services whose uses a choice may stop."""
CHANGED: Final = marked(
    "Something changed while you read: here are the consequences as of now. Confirm once more."
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A choice with its consequences as they are at this moment, and as they are shown."""

    choice: Json
    parts: list[Part]

    @property
    def found(self) -> list[Json]:
        """What would change, place by place."""
        return [one for part in self.parts for one in items(part.data)]

    @property
    def is_whole(self) -> bool:
        """Whether every service has told: nobody confirms half of the consequences."""
        return not any(part.missing for part in self.parts)

    @property
    def words(self) -> str:
        """Everything that is shown, as it is kept as proof."""
        lines = [self.choice["title"], self.choice["text"], *self.choice["consequences"]]
        for one in self.found:
            lines += [f"{one['title']}: {one['text']}", *(f"- {each}" for each in one["examples"])]
        return "\n".join(lines)

    @property
    def digest(self) -> str:
        """Fingerprint of the words, by which the confirmation knows them again."""
        return hashlib.sha256(self.words.encode()).hexdigest()


async def explained(visitor: Visitor, kind: Kind, about: str) -> Explanation:
    """Return the consequences of a choice for this visitor, asked of every service now."""
    listed, name = LISTS[kind]
    choices = await visitor.caller.get("consent", "/me/consents")
    choice = next((one for one in choices[listed] if one[name] == about), None)
    if choice is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    path = f"/me/consequences/{kind}/{about}"
    return Explanation(choice, await visitor.caller.parts(*((one, path) for one in ASKED)))


def _page(visitor: Visitor, kind: Kind, about: str, found: Explanation, status: int) -> Response:
    return visitor.page(
        "pages/consequences.html",
        status=status,
        kind=kind,
        about=about,
        explanation=found,
        problem=visitor.words.say(CHANGED) if status == HTTPStatus.CONFLICT else None,
    )


@router.get("/choices/{kind}/{about}")
async def explain(visitor: Learner, kind: Kind, about: str) -> Response:
    """Show what the choice would change for this person, with examples from their own data."""
    return _page(visitor, kind, about, await explained(visitor, kind, about), HTTPStatus.OK)


@router.post("/choices/{kind}/{about}")
async def choose(visitor: Learner, kind: Kind, about: str) -> Response:
    """Make the choice whose consequences were shown, or undo it, which one press always does.

    What was shown is kept as proof; where it is no longer what the services say, it is shown anew.
    """
    form = await visitor.form()
    listed, _ = LISTS[kind]
    path = f"/me/{listed}/{about}"
    if form.get("decision") == "lifted":
        params = {"place": "choices"}
        await visitor.caller.send("DELETE", "consent", path, key=form.get("once"), params=params)
        return visitor.go("/consents", notice=f"{kind}-lifted")
    found = await explained(visitor, kind, about)
    if not found.is_whole or form.get("digest") != found.digest:
        return _page(visitor, kind, about, found, HTTPStatus.CONFLICT)
    body = {
        "language": visitor.language,
        "text_version": found.choice["text_version"],
        "place": "confirmation",
        "gesture": "confirmed",
        "explained": found.words,
    }
    await visitor.caller.send("PUT", "consent", path, body, key=form.get("once"))
    return visitor.go("/consents", notice=f"{kind}-raised")
