"""`Idempotency-Key`: a request sent again under its key acts once and is answered as it first was.

Every endpoint that changes something takes `Once`, or `PublicOnce` where nobody signs in, and hands
it to `Metadata.by`. See draft-ietf-httpapi-idempotency-key-header.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Annotated, Final
from weakref import WeakValueDictionary

from fastapi import Depends, Header, Request

from shared.event_store import EventStore, Metadata
from shared.http.auth import Principal, authenticated
from shared.http.problems import ProblemError, ProblemType
from shared.requests import RequestIdentity, identity_of

HEADER: Final = "Idempotency-Key"
PATTERN: Final = r"^[\x21-\x7e]{1,200}$"
NOBODY: Final = ""
"""Stands for the subject where nobody signs in; no person is called so."""

INVALID_KEY: Final = ProblemType(
    "invalid-idempotency-key",
    400,
    "L'en-tête Idempotency-Key doit compter de 1 à 200 caractères ASCII visibles.",
    "The Idempotency-Key header must have 1 to 200 visible ASCII characters.",
)

_KEY: Final = re.compile(PATTERN)

Key = Annotated[
    str | None,
    Header(
        alias=HEADER,
        description=(
            "Names this request, best with a random UUID: sent again under the same key, it acts "
            "once and is answered as it first was; with another body the answer is the problem "
            "`idempotency-key-reused` (422)."
        ),
        json_schema_extra={"pattern": PATTERN, "minLength": 1, "maxLength": 200},
    ),
]


class KeyedRequests:
    """Recognises the requests that a service has met before."""

    def __init__(self, store: EventStore) -> None:
        self._store = store
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def recognised(self, request: RequestIdentity) -> AsyncIterator[RequestIdentity]:
        """Yield `request` with what it has led to; meanwhile its repetitions wait.

        They wait within this process; between processes the store's index decides.

        Raises:
            CommandReusedError: the key has named a request with another body.
        """
        if request.command_id is None:
            yield request
            return
        async with self._locks.setdefault(request.command_id, asyncio.Lock()):
            meta = Metadata.of(request, actor=NOBODY, role=NOBODY)
            yield replace(request, earlier=await self._store.earlier(meta))


async def own_request(
    request: Request, principal: Annotated[Principal, Depends(authenticated)], key: Key = None
) -> AsyncIterator[RequestIdentity]:
    """Yield the identity of a request of somebody signed in."""
    async with _identified(request, principal.subject, key) as identity:
        yield identity


async def anybodys_request(request: Request, key: Key = None) -> AsyncIterator[RequestIdentity]:
    """Yield the identity of a request that needs no sign-in."""
    async with _identified(request, NOBODY, key) as identity:
        yield identity


Once = Annotated[RequestIdentity, Depends(own_request)]
PublicOnce = Annotated[RequestIdentity, Depends(anybodys_request)]


@asynccontextmanager
async def _identified(
    request: Request, subject: str, key: str | None
) -> AsyncIterator[RequestIdentity]:
    identity = RequestIdentity()
    if key is not None:
        if len(request.headers.getlist(HEADER)) > 1 or not _KEY.fullmatch(key):
            raise ProblemError(INVALID_KEY)
        path, body = request.scope["path"], await request.body()
        identity = identity_of(subject, request.method, path, key, body)
    keyed: KeyedRequests = request.app.state.keyed_requests
    async with keyed.recognised(identity) as recognised:
        yield recognised
