"""What would be done anew at each of a thousand restarts, though it cannot come out otherwise."""

import importlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any, Final
from unittest.mock import patch

from fastapi import APIRouter

FILES_READ: Final = (
    ("services.learning.bootstrap", "load_catalogue"),
    ("services.notify.bootstrap", "load_texts"),
    ("services.consent.bootstrap", "load_purposes"),
    ("services.retention.application.rule_book", "parse_rule_set"),
)
"""Functions that read files of the product into frozen values."""

_add = APIRouter.add_api_route


@contextmanager
def shortcuts() -> Iterator[None]:
    """Read files once, and make the routes of a process when somebody first asks it."""
    with ExitStack() as stack:
        for module, name in FILES_READ:
            original = getattr(importlib.import_module(module), name)
            stack.enter_context(patch(f"{module}.{name}", _read_once(original)))
        stack.enter_context(patch.object(APIRouter, "add_api_route", _later))
        yield


@cache
def _read_once(function: Any) -> Any:
    return cache(function)


def _later(router: APIRouter, *args: Any, **options: Any) -> None:
    router.__dict__.setdefault("_later", []).append((args, options))


def routes_of(router: APIRouter) -> APIRouter:
    """Give `router` the routes that were put off."""
    for args, options in router.__dict__.pop("_later", []):
        _add(router, *args, **options)
    return router


@contextmanager
def routes_at_once() -> Iterator[None]:
    """Make routes right away within the context."""
    with patch.object(APIRouter, "add_api_route", _add):
        yield
