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
    ("services.identity.wiring.rights", "load_rights_words"),
    ("services.notify.bootstrap", "load_texts"),
    ("services.consent.bootstrap", "load_purposes"),
    ("services.consent.bootstrap", "load_policies"),
    ("services.notify.adapters.rendering", "_environment"),
    ("services.retention.application.rule_book", "parse_rule_set"),
)
"""Functions that read files of the product into values that nobody changes."""

_add = APIRouter.add_api_route


@contextmanager
def shortcuts() -> Iterator[None]:
    """Read files once, and make routes when somebody first asks for them."""
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


def give_routes(router: APIRouter, path: str) -> None:
    """Give `router` those of the routes that were put off which begin as `path` does."""
    put_off = router.__dict__.get("_later", [])
    wanted = [one for one in put_off if _begins(router, one) == path.split("/")[1]]
    if wanted:
        router.__dict__["_later"] = [one for one in put_off if one not in wanted]
        for args, options in wanted:
            _add(router, *args, **options)


def _begins(router: APIRouter, put_off: Any) -> str:
    """Return the first part of a route's path, which is no parameter anywhere."""
    (path, *_), _ = put_off
    first: str = f"{router.prefix}{path}".split("/")[1]
    if "{" in first:
        raise NotImplementedError(f"{path}: its order among the routes would be lost")
    return first
