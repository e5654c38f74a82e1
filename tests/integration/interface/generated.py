"""Requests that schemathesis makes from the OpenAPI documents, sent and checked one by one."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID, uuid5

import requests
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis.errors import Unsatisfiable
from schemathesis import Case as AnyCase
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shared.http.auth import Role
from shared.http.problems import MEDIA_TYPE
from tests.integration.interface.platform import Answer, Platform, ask
from tests.unit.docs.documents import DOCS

CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
Case = AnyCase[Any]
Operation = APIOperation[Any, Any, Any, Any]

MODES: Final = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
OF_EVERYBODY: Final = ("/ops/", "/health/")
"""Paths that every service has from `shared`: guessed at once, walked through in each."""
SUBJECTS: Final = tuple(str(uuid5(UUID(int=0), f"person {n}")) for n in range(12))
LAST: Final = ("erasure", "closing", "sign-out", "pause", "republish")
"""What changes most for those after it."""
OWN: Final = ("cookie", "content-length")
"""What is said anew of each request that is sent."""
REMEMBERED: Final = 40
REACHES: Final = 0.5
"""How often a parameter of a path is one that an answer named, rather than invented."""


@dataclass
class Known:
    """Identifiers that answers have named, by the name of the parameter that takes them."""

    by_name: dict[str, list[str]] = field(default_factory=dict)

    def learn(self, value: Any) -> None:
        """Take the identifiers in an answer."""
        if isinstance(value, Mapping):
            for name, one in value.items():
                if isinstance(one, str) and name.endswith("_id"):
                    self.remember(name, one)
                else:
                    self.learn(one)
        elif isinstance(value, list):
            for one in value[:10]:
                self.learn(one)

    def remember(self, name: str, value: str) -> None:
        """Remember one of the latest."""
        found = self.by_name.setdefault(name, [])
        if value and "/" not in value and value not in found:
            found.append(value)
            del found[:-REMEMBERED]


@dataclass
class Run:
    """What was sent and what was wrong with the answers."""

    platform: Platform
    chance: random.Random
    known: Known = field(default_factory=Known)
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: dict[str, str] = field(default_factory=dict)
    """The first answer of each kind that should not be, by operation and kind."""
    _sessions: dict[tuple[str, Role], Mapping[str, str]] = field(default_factory=dict)

    @property
    def sent(self) -> int:
        """How many requests were answered."""
        return self.statuses.total()

    async def send(self, service: str, case: Case) -> None:
        """Send `case` to the service itself, and to the gateway that passes it on."""
        operation = case.operation.definition.raw
        roles = operation.get("x-roles", [])
        role = Role(self.chance.choice(roles)) if roles else None
        self._reach(case)
        subject = self.chance.choice(SUBJECTS)
        request = prepared(case)
        from_somewhere = {"x-forwarded-for": f"198.51.{self.chance.randrange(256)}.9"}
        own: Mapping[str, str] = {}
        if role is not None:
            own = self.platform.callers.headers(service, subject, role)
        await self._exchange(service, case, request, "", {**from_somewhere, **own})
        if role is not Role.SYSTEM:
            own = {} if role is None else await self._signed_in(subject, role)
            at = f"/api/{service}"
            status = await self._exchange("gateway", case, request, at, {**from_somewhere, **own})
            if status == HTTPStatus.UNAUTHORIZED and role is not None:
                self._sessions.pop((subject, role), None)  # some request has ended it

    async def _signed_in(self, subject: str, role: Role) -> Mapping[str, str]:
        if (subject, role) not in self._sessions:
            self._sessions[subject, role] = await self.platform.sign_in(subject, role)
        return self._sessions[subject, role]

    def _reach(self, case: Case) -> None:
        """Name what there is, some of the time: what nobody knows is not found and no more."""
        if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
            return
        for name in case.path_parameters:
            known = self.known.by_name.get(name)
            if known and self.chance.random() < REACHES:
                case.path_parameters[name] = self.chance.choice(known)

    async def _exchange(
        self,
        where: str,
        case: Case,
        request: requests.PreparedRequest,
        prefix: str,
        headers: Mapping[str, str],
    ) -> int:
        given = {k: _text(v) for k, v in request.headers.items() if k.lower() not in OWN}
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        assert isinstance(body, bytes)
        app = self.platform.apps[where]
        given["content-length"] = str(len(body))
        answer = await ask(
            app, request.method or "", prefix + request.path_url, {**given, **headers}, body
        )
        self.statuses[answer.status] += 1
        self._judge(where, case, request, answer)
        if answer.status < 300 and answer.body.startswith((b"{", b"[")):
            self.known.learn(answer.json())
        return answer.status

    def _judge(
        self, where: str, case: Case, request: requests.PreparedRequest, answer: Answer
    ) -> None:
        label = f"{where}: {case.operation.label}"
        if answer.failed is not None:
            self._note(label, type(answer.failed).__name__, request, answer)
            return
        if answer.status >= 400 and answer.header("content-type") != MEDIA_TYPE:
            self._note(label, f"{answer.status} is no problem", request, answer)
        headers: dict[str, list[str]] = {}
        for name, value in answer.headers:
            headers.setdefault(name, []).append(value)
        response = Response(answer.status, headers, answer.body, request, 0.0, verify=False)
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as group:
            for failure in group.exceptions:
                self._note(label, type(failure).__name__, request, answer, str(failure))

    def _note(
        self,
        label: str,
        kind: str,
        request: requests.PreparedRequest,
        answer: Answer,
        detail: str = "",
    ) -> None:
        self.wrong.setdefault(
            f"{label}: {kind}",
            f"{request.method} {request.path_url} {request.body!r:.300} -> {answer.status} "
            f"{answer.failed!r} {answer.body[:300]!r} {detail:.400}",
        )


def prepared(case: Case) -> requests.PreparedRequest:
    """Return `case` as it goes over the wire."""
    kwargs = case.as_transport_kwargs(base_url="http://platform.test")
    return requests.Request(**kwargs).prepare()


def schema_of(service: str) -> schemathesis.BaseSchema:
    """Return the document of `service`."""
    text = (DOCS / "openapi" / f"{service}.yaml").read_text(encoding="utf-8")
    return schemathesis.openapi.from_dict(yaml.load(text, yaml.CSafeLoader))


def operations(schema: schemathesis.BaseSchema) -> list[Operation]:
    """Return the operations, those that change most for the others last."""
    found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
    return sorted(found, key=lambda one: one.method == "delete" or one.path.endswith(LAST))


def walked(schema: schemathesis.BaseSchema, operation: Operation) -> Iterator[Case]:
    """Yield every case at a boundary of the schema: each once, none by chance."""
    configured = schema.config.generation_for(operation=operation)
    yield from schema.iter_coverage_cases(
        operation, generation_modes=MODES, generation_config=configured
    )


def guessed(operation: Operation, mode: GenerationMode, count: int, seed: int) -> list[Case]:
    """Return `count` cases of one mode by chance, the same ones for the same seed."""
    cases: list[Case] = []

    @seeded(seed)
    @settings(
        max_examples=count,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def collect(case: Case) -> None:
        cases.append(case)

    try:
        collect()
    except Unsatisfiable:
        return []  # nothing can be wrong with a request that takes nothing
    return cases


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
