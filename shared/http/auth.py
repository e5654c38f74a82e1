"""Who calls, as an endpoint sees it. What a token is: `shared.tokens`."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, Protocol

from fastapi import Depends, Header, Request

from shared.events.base import SubjectId
from shared.http.problems import UNAUTHENTICATED, ProblemError
from shared.http.proof import Proof


class Role(StrEnum):
    """Roles of C4.1, the learner, and the system itself."""

    LEARNER = "learner"
    TRAINER = "trainer"
    COUNSELLOR = "counsellor"
    SUPPORT = "support"
    BILLING = "billing"
    SPEAKER = "speaker"
    DPO = "dpo"
    SECURITY = "security"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


STAFF_ROLES: Final = frozenset(Role) - {Role.LEARNER, Role.SYSTEM}


@dataclass(frozen=True, slots=True)
class Session:
    """The session that a request belongs to."""

    id: str
    """What ends it; it opens nothing."""
    started_at: datetime
    proof: Proof | None = None
    """How its owner has shown who they are, and when last; `None` where nothing is known."""
    suspends_at: datetime | None = None
    """From when staff without the yearly training get at nobody's data (C7.7)."""


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated caller."""

    subject: SubjectId
    role: Role
    session: Session | None = None
    """`None` of callers that nobody signed in, such as the operator."""


class Verifier(Protocol):
    """Recognises callers by their tokens."""

    async def verify(self, token: str) -> Principal:
        """Return who `token` speaks for; 401 where it speaks for nobody."""


async def authenticated(
    request: Request, authorization: Annotated[str | None, Header()] = None
) -> Principal:
    """Return the caller; 401 without a valid token.

    Who may call what is not decided here: `shared.http.authorised` stands before every endpoint.
    """
    known: Principal | None = getattr(request.state, "principal", None)
    if known is not None:
        return known
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise ProblemError(UNAUTHENTICATED)
    verifier: Verifier = request.app.state.token_verifier
    principal = await verifier.verify(token)
    request.state.principal = principal
    return principal


Caller = Annotated[Principal, Depends(authenticated)]
"""Who calls, in a role that the table of rights lets pass here."""
