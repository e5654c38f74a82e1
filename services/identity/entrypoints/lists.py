"""Shapes of paginated lists."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import Query
from pydantic import BaseModel

from shared.archive import ArchiveGate, StatedReason
from shared.consuming.projections import ReadModel
from shared.database import Document
from shared.http.auth import Principal
from shared.personal import Category, Erased, Personal
from shared.vault import Vault

Hiding = Callable[[Sequence[Document]], Awaitable[list[Document]]]
"""Takes out of documents, before they are opened, what the caller must not see."""
Order = Sequence[tuple[str, int]]
"""Fields to sort by, each ascending (1) or descending (-1)."""
PageNumber = Annotated[int, Query(ge=1, le=100_000)]
NOTHING: Final[Mapping[str, Any]] = {}
PageSize = Annotated[int, Query(ge=1, le=200)]


class Page(BaseModel):
    """One page of a list, with the number of all items."""

    items: list[dict[str, Any]]
    total: int
    page: int
    size: int


def archived_hidden(
    gate: ArchiveGate,
    who: Principal,
    stated: StatedReason | None,
    category: Category,
    *,
    about: str = "learner_id",
    hide: Mapping[str, Any] = NOTHING,
) -> Hiding:
    """Return what puts `hide` into documents of archived persons whom `who` must not read about.

    Where `who` may, that it was read is recorded. Field `about` of a document names the person.
    """

    async def hiding(documents: Sequence[Document]) -> list[Document]:
        subjects = {document[about] for document in documents}
        hidden = await gate.hidden(who, stated, subjects, (category,))
        return [
            {**one, **hide, "archived": True} if one[about] in hidden else one for one in documents
        ]

    return hiding


async def everything(documents: Sequence[Document]) -> list[Document]:
    """Hide nothing of `documents`."""
    return list(documents)


async def page_of(
    model: ReadModel,
    vault: Vault,
    *,
    query: dict[str, Any] | None = None,
    newest: str = "",
    order: Order | None = None,
    page: int,
    size: int,
    hide: Hiding = everything,
) -> Page:
    """Return a page of `model`'s documents, their values opened for this answer.

    They come newest first by the field `newest`, or in `order`. What `hide` takes out of them is
    not opened, nor is what its person has restricted.
    """
    order = order or ((newest, -1), ("_id", 1))
    documents = await model.find(query, sort=order, skip=(page - 1) * size, limit=size)
    documents = await hide(documents)
    opened = await vault.open_documents(vault.without_restricted(documents))
    return Page(
        items=[shown(document) for document in opened],
        total=await model.count(query),
        page=page,
        size=size,
    )


def shown(node: Any) -> Any:
    """Return an opened document as it is answered: texts, `None` where they were forgotten."""
    if isinstance(node, Personal):
        value = node.reveal()
        return None if isinstance(value, Erased) else value
    if isinstance(node, dict):
        return {("id" if k == "_id" else k): shown(v) for k, v in node.items()}
    if isinstance(node, list):
        return [shown(value) for value in node]
    return node
