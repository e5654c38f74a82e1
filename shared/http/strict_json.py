"""JSON that means one thing only: UTF-8, each name once, no number that is none (RFC 8259, 7493).

Where two readers of a text would understand two things, neither is asked.
"""

import json
from typing import TYPE_CHECKING, Any, Final, NoReturn

from fastapi import Request

from shared.http.bounded import RefusedBodyError
from shared.http.problems import BROKEN_JSON, NOT_UTF_8, ProblemType, problem_response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

DEEPEST: Final = 50
"""Levels of nesting; no body of ours needs ten."""
LONGEST_NUMBER: Final = 30
"""Characters of a number; no value of ours needs twenty."""
UTF_8: Final = frozenset({"utf-8", "utf8", "us-ascii"})


class BrokenJSONError(ValueError):
    """The text means nothing, or more than one thing; the message never quotes it."""


def parse(body: bytes) -> Any:
    """Return what `body` says.

    Raises:
        BrokenJSONError: it is not UTF-8, truncated, names something twice, nests too deeply, holds
            a number that is none or has no end, or half a character.
    """
    try:
        text = body.decode()
        value = json.loads(
            text,
            object_pairs_hook=_each_once,
            parse_constant=_no_number,
            parse_int=_short(int),
            parse_float=_short(float),
        )
    except (ValueError, RecursionError):
        raise BrokenJSONError("not one JSON value") from None
    _require_whole(value, DEEPEST)
    return value


class StrictJSON:
    """ASGI middleware that answers for requests whose JSON is broken."""

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass on what is no JSON as it comes, and JSON once it has been read as a whole."""
        request = Request(scope) if scope["type"] == "http" else None
        if request is None or not _is_json(request):
            await self._app(scope, receive, send)
            return
        try:
            body = await _whole(receive)
        except RefusedBodyError as error:
            await problem_response(request, error.problem)(scope, receive, send)
            return
        if body is None:
            return  # nobody is left to answer
        refused = _refused(request, body)
        if refused is not None:
            await problem_response(request, refused)(scope, receive, send)
            return
        parts = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> "Message":
            return parts.pop() if parts else await receive()

        await self._app(scope, again, send)


def _is_json(request: Request) -> bool:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return media_type == "application/json" or media_type.endswith("+json")


def _refused(request: Request, body: bytes) -> ProblemType | None:
    parameters = request.headers.get("content-type", "").lower().split(";")[1:]
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip().strip('"') not in UTF_8:
            return NOT_UTF_8
    if not body:
        return None
    try:
        parse(body)
    except BrokenJSONError:
        return BROKEN_JSON
    return None


async def _whole(receive: "Receive") -> bytes | None:
    """Return the body; `None` where whoever sends it has left."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise BrokenJSONError("a name stands twice")
    return found


def _no_number(_: str) -> NoReturn:
    raise BrokenJSONError("not a number")


def _short(kind: type[int] | type[float]) -> Any:
    def number(text: str) -> int | float:
        value = kind(text) if len(text) <= LONGEST_NUMBER else None
        if value is None or value in (float("inf"), float("-inf")):
            raise BrokenJSONError("a number without end")
        return value

    return number


def _require_whole(value: Any, levels: int) -> None:
    """Return when `value` nests at most `levels` deep and every character of it is whole."""
    if levels < 0:
        raise BrokenJSONError("nested too deeply")
    match value:
        case str():
            try:
                value.encode()
            except UnicodeEncodeError:
                raise BrokenJSONError("half a character") from None
        case dict():
            for name, one in value.items():
                _require_whole(name, levels)
                _require_whole(one, levels - 1)
        case list():
            for one in value:
                _require_whole(one, levels - 1)
        case _:
            return
