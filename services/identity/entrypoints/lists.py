"""Shapes of paginated lists."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import Query
from pydantic import BaseModel

from shared.archive import ArchiveGate, StatedReason
from shared.consuming.projections import ReadModel
from shared.http.auth import Principal
from shared.personal import Category, Erased, Personal
from shared.vault import Vault

PageNumber = Annotated[int, Query(ge=1, le=100_000)]
NOTHING: Final[Mapping[str, Any]] = {}
PageSize = Annotated[int, Query(ge=1, le=200)]


class Page(BaseModel):
    """One page of a list, with the number of all items."""

    items: list[dict[str, Any]]
    total: int
    page: int
    size: int


async def page_of(
    model: ReadModel,
    vault: Vault,
    *,
    query: dict[str, Any] | None = None,
    newest: str,
    page: int,
    size: int,
) -> Page:
    """Return a page of `model`'s documents, newest first, their values opened for this answer."""
    documents = await model.find(
        query, sort=[(newest, -1), ("_id", 1)], skip=(page - 1) * size, limit=size
    )
    opened = await vault.open_documents(documents)
    return Page(
        items=[_shown(document) for document in opened],
        total=await model.count(query),
        page=page,
        size=size,
    )


async def without_archived(
    page: Page,
    gate: ArchiveGate,
    who: Principal,
    stated: StatedReason | None,
    category: Category,
    *,
    about: str = "learner_id",
    hide: Mapping[str, Any] = NOTHING,
) -> Page:
    """Return `page` with `hide` in the rows of archived persons whom `who` must not read about.

    Where `who` may, that it was read is recorded. Field `about` of a row names the person.
    """
    subjects = {row[about] for row in page.items}
    hidden = await gate.hidden(who, stated, subjects, (category,))
    rows = [
        {**row, **hide, "archived": True} if row[about] in hidden else row for row in page.items
    ]
    return page.model_copy(update={"items": rows})


def _shown(node: Any) -> Any:
    if isinstance(node, Personal):
        value = node.reveal()
        return None if isinstance(value, Erased) else value
    if isinstance(node, dict):
        return {("id" if k == "_id" else k): _shown(v) for k, v in node.items()}
    if isinstance(node, list):
        return [_shown(value) for value in node]
    return node
