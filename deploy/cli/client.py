"""The operator's way to the services: HTTP with a token in the role `system`."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, Self

import httpx

from deploy.cli.failures import CommandError, ExitCode
from deploy.cli.settings import SystemSettings
from shared.http.auth import Role
from shared.tokens import OPERATOR as ISSUER
from shared.tokens import KeyFile, TokenIssuer

OPERATOR: Final = "system-operator"


class Operator:
    """Calls the services of one running system."""

    def __init__(self, settings: SystemSettings, *, timeout: float = 30.0) -> None:
        """Read the signing keys, and publish a next one when it is due.

        Raises:
            ConfigurationError: there is none: the system was never started here.
        """
        self._settings = settings
        clock = settings.clock()
        KeyFile(settings.secrets_dir, ISSUER).keep_current(clock.now(), settings.token_key_age)
        self._issuer = TokenIssuer(ISSUER, settings.secrets_dir, clock)
        self._client = httpx.Client(timeout=timeout, trust_env=False)

    def call(
        self, method: str, service: str, path: str, json: Mapping[str, Any] | None = None
    ) -> httpx.Response:
        """Send one request and return the answer, whatever its status.

        Raises:
            CommandError: the service does not answer.
        """
        token = self._issuer.issue(service, OPERATOR, Role.SYSTEM)
        try:
            return self._client.request(
                method,
                self._settings.service_url(service) + path,
                json=json,
                headers={"Authorization": f"Bearer {token}"},
            )
        except httpx.ConnectError as error:
            raise CommandError(
                f"{service} does not answer on port {self._settings.service_port(service)}: "
                "start the system with `carionexiq up`",
                ExitCode.WRONG_STATE,
            ) from error

    def ask(
        self, method: str, service: str, path: str, json: Mapping[str, Any] | None = None
    ) -> Any:
        """Send one request and return the JSON of its success.

        Raises:
            CommandError: the service does not answer, or answers with a problem.
        """
        answer = self.call(method, service, path, json)
        if answer.is_success:
            return answer.json() if answer.content else None
        raise CommandError(f"{service}: {problem(answer)}")

    def __enter__(self) -> Self:
        """Keep connections open for several calls."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self._client.close()


def problem(answer: httpx.Response) -> str:
    """Return one line about a refusal: the title of its problem details, or its status."""
    if answer.headers.get("content-type", "").startswith("application/problem+json"):
        details: dict[str, Any] = answer.json()
        return str(details.get("detail") or details.get("title") or details.get("type"))
    return f"{answer.status_code} {HTTPStatus(answer.status_code).phrase}"
