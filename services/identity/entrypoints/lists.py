"""Shapes of paginated lists."""

from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel

from shared.consuming.projections import ReadModel
from shared.personal import Erased, Personal
from shared.vault import Vault

PageNumber = Annotated[int, Query(ge=1, le=100_000)]
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


def _shown(node: Any) -> Any:
    if isinstance(node, Personal):
        value = node.reveal()
        return None if isinstance(value, Erased) else value
    if isinstance(node, dict):
        return {("id" if k == "_id" else k): _shown(v) for k, v in node.items()}
    if isinstance(node, list):
        return [_shown(value) for value in node]
    return node
