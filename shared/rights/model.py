"""One entry of the table of rights."""

import re
from typing import Annotated, Any, Final, Literal, NamedTuple, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

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


class Demand(NamedTuple):
    """What a session has to rest on."""

    recent: bool = False
    """Whether its owner has to have shown lately who they are (step-up)."""
    first_factor: bool = False
    """Whether the password is enough for staff, who otherwise need two factors."""
    untrained: bool = False
    """Whether staff pass whose yearly training is not in date."""


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
    recent: bool = False
    """Whether only who has lately shown who they are passes, else confirms it first."""
    first_factor: bool = False
    """Whether staff pass who have no second factor yet."""
    untrained: bool = False
    """Whether staff pass without the yearly training in date: nobody else's data is touched."""
    endpoints: Annotated[
        list[Annotated[Endpoint, BeforeValidator(_endpoint)]],
        Field(min_length=1),
        AfterValidator(_distinct),
    ]

    @model_validator(mode="after")
    def _session_where_one_is_asked_of(self) -> Self:
        if ANYBODY in self.roles and (self.recent or self.first_factor or self.untrained):
            raise ValueError("nobody signs in where anybody may: nothing can be asked of a session")
        return self
