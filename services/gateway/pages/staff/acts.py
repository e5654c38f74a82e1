"""Acts on one thing of a list: how each is asked for, from a form whose address names the act."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Literal

from fastapi import HTTPException

from services.gateway.services import Json

Method = Literal["POST", "PUT"]
Acts = Mapping[str, tuple[Method, tuple[str, ...], str]]
"""The method of each act, what it takes of the form, and what is said after it."""


def request_for(acts: Acts, action: str, form: Mapping[str, str]) -> tuple[Method, Json, str]:
    """Return the method of `action`, the body that `form` makes, and what is said after it.

    Raises:
        HTTPException: 404, there is no such act.
    """
    if action not in acts:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    method, fields, notice = acts[action]
    if action == "assignment":
        return method, {"mine": form.get("mine") == "yes"}, notice
    return method, {name: form[name] for name in fields if form.get(name)}, notice
