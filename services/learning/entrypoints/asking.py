"""What the routers share: who asks, in which language, and which page of a list."""

from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query, Request
from pydantic import BaseModel

from services.learning.domain.catalogue.text import Language
from shared.http.problems import language_of

T = TypeVar("T")

PAGE_SIZE = 50


def chosen_language(
    request: Request, language: Annotated[Language | None, Query()] = None
) -> Language:
    """Return the language asked for in the query, else the one of `Accept-Language`."""
    return language or language_of(request)


In = Annotated[Language, Depends(chosen_language)]
Page = Annotated[int, Query(ge=1, le=100_000)]


class Items(BaseModel, Generic[T]):
    """A whole list."""

    items: list[T]


class PageOf(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T]
    page: int
    pages: int
    total: int


def page_of(items: list[T], page: int, total: int) -> PageOf[T]:
    """Return `items` as page number `page` of `total` entries."""
    return PageOf(items=items, page=page, pages=max(1, -(-total // PAGE_SIZE)), total=total)
