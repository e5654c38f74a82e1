"""What services could not process: why, where from, and what to do with it."""

from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter
from fastapi.responses import Response

from services.gateway.services import ServiceProblemError
from services.gateway.settings import SERVICES
from services.gateway.visitor import Visitor, may
from services.gateway.wording import marked
from shared.http.auth import Role
from shared.http.problems import NOT_FOUND, ProblemError

router = APIRouter(prefix="/ops/dead-letters")

Operator = Annotated[Visitor, may("* GET /ops/dead-letters", "* GET /ops/dead-letters/{letter_id}")]
Administrator = Annotated[
    Visitor,
    may(
        "* GET /ops/dead-letters/{letter_id}",
        "* POST /ops/dead-letters/{letter_id}/showing",
        "* POST /ops/dead-letters/{letter_id}/replay",
        "* POST /ops/dead-letters/{letter_id}/discarding",
    ),
]
Work = Literal["showing", "replay", "discarding"]

PATH: Final = "/ops/dead-letters"
PAGE_SIZE: Final = 25
NOTICES: Final = {"replay": "dead-letter-replayed", "discarding": "dead-letter-discarded"}
UNEXPLAINED: Final = marked("Say why, in three characters at least: it is recorded with your name.")


@router.get("/{service}")
async def letters(
    visitor: Operator, service: str, before: str = "", *, everything: bool = False
) -> Response:
    """List a service's dead letters, the latest first; the waiting ones unless told otherwise."""
    _require(service)
    waiting = "false" if everything else "true"
    part = await visitor.caller.part(service, PATH, waiting=waiting, before=before, limit=PAGE_SIZE)
    return visitor.page(
        "staff/dead_letters.html",
        service=service,
        services=SERVICES,
        letters=part,
        everything=everything,
    )


@router.get("/{service}/{letter_id}")
async def letter(visitor: Operator, service: str, letter_id: str) -> Response:
    """Show what is known about one letter, without its content."""
    return await _letter(visitor, service, letter_id)


@router.post("/{service}/{letter_id}/{work}")
async def act(visitor: Administrator, service: str, letter_id: str, work: Work) -> Response:
    """Show the content, replay or discard a letter; each is recorded with the reason given."""
    _require(service)
    values = await visitor.form()
    body: dict[str, Any] = {"reason": values.get("reason", "")}
    if work != "showing":
        body["again"] = values.get("again") == "yes"
    try:
        answer = await visitor.caller.send(
            "POST", service, f"{PATH}/{letter_id}/{work}", body, key=values.get("once")
        )
    except ServiceProblemError as error:
        problem = visitor.words.say(UNEXPLAINED) if "reason" in error.fields else error.title
        return await _letter(visitor, service, letter_id, problem=problem, status=error.status)
    if work == "showing":
        return await _letter(visitor, service, letter_id, content=answer)
    return visitor.go(f"{PATH}/{service}/{letter_id}", notice=NOTICES[work])


async def _letter(
    visitor: Visitor,
    service: str,
    letter_id: str,
    *,
    content: Any = None,
    problem: str | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    _require(service)
    found = await visitor.caller.get(service, f"{PATH}/{letter_id}")
    return visitor.page(
        "staff/dead_letter.html",
        status=status,
        service=service,
        letter=found,
        content=content,
        problem=problem,
        may_act=visitor.role is Role.ADMINISTRATOR,
    )


def _require(service: str) -> None:
    if service not in SERVICES:
        raise ProblemError(NOT_FOUND)
