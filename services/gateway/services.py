"""How the gateway speaks to the services: as the person signed in, for one minute at a time."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

import httpx

from services.gateway.sessions import Session
from services.gateway.settings import GatewaySettings
from shared.archive import REASON_HEADER, REFERENCE_HEADER
from shared.http import auth
from shared.http.step_up import (
    CONFIRMATION_REQUIRED,
    SECOND_FACTOR_REQUIRED,
    TRAINING_REQUIRED,
)
from shared.tokens import TokenIssuer

Json = Any
"""Whatever JSON a service answered with."""

_NOT_READY: Final = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE})


class ServiceAwayError(Exception):
    """A service did not answer, or said that it cannot for a moment."""

    def __init__(self, service: str) -> None:
        super().__init__(service)
        self.service = service


@dataclass
class ServiceProblemError(Exception):
    """A service refused, with problem details."""

    service: str
    status: int
    code: str
    title: str
    fields: Mapping[str, str] = field(default_factory=dict)
    """Codes of what is wrong, by field of the request."""
    mistakes: tuple[str, ...] = ()
    """What is wrong with a text that was sent, line by line."""
    retry_after: int | None = None
    """In how many seconds it may be tried again, where it was too early."""
    goes_at_once: int | None = None
    """How many objects would go now, where another number was confirmed."""


class ConfirmationNeededError(Exception):
    """A service wants to know first that it is still the session's owner who asks (step-up)."""


class SecondFactorNeededError(Exception):
    """A service serves staff only once they have a second factor (C7.3)."""


class TrainingNeededError(Exception):
    """A service serves staff only while their yearly training is in date (C7.7)."""


@dataclass(frozen=True, slots=True)
class Part:
    """One service's contribution to a page that several services fill."""

    service: str
    data: Json = None
    away: bool = False
    refused: bool = False

    @property
    def missing(self) -> bool:
        """Whether the page has to say that something is not shown."""
        return self.away or self.refused


@dataclass(frozen=True, slots=True)
class Services:
    """The services, before anybody in particular asks."""

    settings: GatewaySettings
    issuer: TokenIssuer
    client: httpx.AsyncClient


@dataclass(frozen=True, slots=True)
class Caller:
    """Asks services on behalf of one visitor."""

    services: Services
    session: Session | None
    language: str
    address: str
    """The visitor's network address, which identity records as a technical trace (C1.5)."""

    def headers(self, service: str) -> dict[str, str]:
        """Return the headers every request to `service` carries; their token opens no other."""
        headers = {"Accept-Language": self.language, "X-Forwarded-For": self.address}
        if self.session is not None:
            here = auth.Session(
                self.session.id,
                self.session.started_at,
                self.session.proof,
                self.session.suspends_at,
            )
            token = self.services.issuer.issue(
                service, self.session.subject, self.session.role, here
            )
            headers["Authorization"] = f"Bearer {token}"
        return headers

    async def get(self, service: str, path: str, **params: str | int | None) -> Json:
        """Return what `service` answers at `path`.

        Raises:
            ServiceAwayError: the service does not answer.
            ServiceProblemError: it refuses.
        """
        given = {name: value for name, value in params.items() if value not in (None, "")}
        return await self._ask("GET", service, path, params=given)

    async def send(
        self,
        method: str,
        service: str,
        path: str,
        body: Json = None,
        *,
        key: str | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Json:
        """Ask `service` to change something and return its answer.

        Args:
            method: POST, PUT, PATCH or DELETE.
            service: one of the five.
            path: the resource.
            body: JSON to send, if any.
            key: `Idempotency-Key`, so that a form sent twice acts once.
            params: the query, if any.

        Raises:
            ServiceAwayError: the service does not answer.
            ServiceProblemError: it refuses.
        """
        extra = {"Idempotency-Key": key} if key else {}
        return await self._ask(method, service, path, params=params, json=body, extra=extra)

    async def read_archived(self, service: str, path: str, reason: str, reference: str) -> Json:
        """Return what `service` answers at `path` to whoever states why archived data is read.

        Raises:
            ServiceAwayError: the service does not answer.
            ServiceProblemError: it refuses.
        """
        stated = {REASON_HEADER: reason, REFERENCE_HEADER: reference}
        return await self._ask("GET", service, path, extra=stated)

    async def part(self, service: str, path: str, **params: str | int | None) -> Part:
        """Return what `service` contributes to a page, or that it is away or refuses."""
        try:
            return Part(service, await self.get(service, path, **params))
        except ServiceAwayError:
            return Part(service, away=True)
        except ServiceProblemError:
            return Part(service, refused=True)

    async def parts(self, *wanted: tuple[str, str]) -> list[Part]:
        """Return the parts of `wanted` (service, path), asked at the same time, in order."""
        return list(await asyncio.gather(*(self.part(*one) for one in wanted)))

    async def _ask(
        self,
        method: str,
        service: str,
        path: str,
        *,
        params: Mapping[str, str | int | None] | None = None,
        json: Json = None,
        extra: Mapping[str, str] | None = None,
    ) -> Json:
        url = self.services.settings.service_url(service) + path
        try:
            answer = await self.services.client.request(
                method,
                url,
                params=params,
                json=json,
                headers={**self.headers(service), **(extra or {})},
            )
        except httpx.HTTPError as error:
            raise ServiceAwayError(service) from error
        if answer.status_code in _NOT_READY:
            raise ServiceAwayError(service)
        body = _json_of(answer)
        if answer.is_error:
            problem = _problem(service, answer.status_code, body)
            if problem.code in _FIRST:
                raise _FIRST[problem.code]
            raise problem
        return body


_FIRST: Final[Mapping[str, type[Exception]]] = {
    CONFIRMATION_REQUIRED.code: ConfirmationNeededError,
    SECOND_FACTOR_REQUIRED.code: SecondFactorNeededError,
    TRAINING_REQUIRED.code: TrainingNeededError,
}
"""What is to be done first is no refusal: the page goes on afterwards."""


def _json_of(answer: httpx.Response) -> Json:
    if not answer.content or "json" not in answer.headers.get("content-type", ""):
        return None
    return answer.json()


def _problem(service: str, status: int, body: Json) -> ServiceProblemError:
    details = body if isinstance(body, dict) else {}
    fields = {
        str(error.get("pointer", "")).rsplit("/", 1)[-1]: str(error.get("code", ""))
        for error in details.get("errors", [])
        if isinstance(error, dict)
    }
    return ServiceProblemError(
        service,
        status,
        str(details.get("code", "")),
        str(details.get("title", "")),
        fields,
        tuple(map(str, details.get("mistakes", ()))),
        details.get("retry_after"),
        details.get("goes_at_once"),
    )


def items(data: Json) -> list[Json]:
    """Return the rows of a list answer, whether bare or under `items`; none when it is missing."""
    if isinstance(data, dict):
        data = data.get("items", [])
    return list(data or [])
