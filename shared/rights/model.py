"""One entry of the table of rights."""

import re
from typing import Annotated, Any, Final, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from shared.http.auth import Role
from shared.personal import Category

ANYBODY: Final = "anybody"
"""Stands in the place of roles where nobody has to sign in."""
EVERY_SERVICE: Final = "*"

Action = Literal["read", "change", "decide", "operate"]
"""`read` shows; `change` records or corrects; `decide` is a decision about a person or a rule;
`operate` acts on the running system."""

_ENDPOINT: Final = re.compile(r"(\*|[a-z]+) (GET|POST|PUT|PATCH|DELETE) (/\S*)")


class Endpoint(NamedTuple):
    """One method of one path of one service, `*` for every service."""

    service: str
    method: str
    path: str

    def __str__(self) -> str:
        return " ".join(self)


def _endpoint(value: Any) -> Endpoint:
    if isinstance(value, Endpoint):
        return value
    found = _ENDPOINT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("an endpoint is written as `service METHOD /path`")
    return Endpoint(*found.groups())


def _role(value: str) -> str:
    if value != ANYBODY and value not in set(Role):
        raise ValueError("there is no such role")
    return value


def _distinct(value: list[Any]) -> list[Any]:
    if len(set(value)) < len(value):
        raise ValueError("something stands here twice")
    return value


def _anybody_alone(roles: list[str]) -> list[str]:
    if ANYBODY in roles and len(roles) > 1:
        raise ValueError("where anybody may, no role is named")
    return roles


class Right(BaseModel):
    """What some roles may do with some categories, on which condition, and where."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    roles: Annotated[
        list[Annotated[str, AfterValidator(_role)]],
        Field(min_length=1),
        AfterValidator(_distinct),
        AfterValidator(_anybody_alone),
    ]
    categories: Annotated[list[Category], AfterValidator(_distinct)]
    """What its requests may open and seal; empty where no personal value is touched."""
    action: Action
    condition: str
    endpoints: Annotated[
        list[Annotated[Endpoint, BeforeValidator(_endpoint)]],
        Field(min_length=1),
        AfterValidator(_distinct),
    ]
