"""`docs/openapi/<service>.yaml`: what each service answers over HTTP, as OpenAPI 3.1."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, Final

from deploy.docs.described import DescribedService
from deploy.docs.written import DOCS, Documents, as_yaml
from shared.http.problems import MEDIA_TYPE
from shared.rights import ANYBODY, Endpoint, load_rights

PROBLEM: Final[dict[str, Any]] = {
    "title": "Problem",
    "description": "RFC 9457 problem details in the caller's language, without personal data.",
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string", "minLength": 1, "description": "What to tell the person."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "code": {
            "type": "string",
            "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$",
            "description": "Stable name of the problem.",
        },
        "retry_after": {
            "type": "integer",
            "minimum": 1,
            "description": "Seconds after which it may be tried again, where it was too early.",
        },
        "errors": {
            "description": "For an invalid request: which fields, and why.",
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": {"type": "string"}, "code": {"type": "string"}},
            },
        },
    },
}

PROBLEMS: Final = {
    "4XX": "The request cannot be carried out; the problem says why and what to do.",
    "503": "Not for a moment; it can be tried again after `Retry-After`.",
}
"""Nothing else goes wrong: any other answer is a defect."""


def documents(services: Sequence[DescribedService]) -> Documents:
    """Return one document for each service, by its file."""
    return {
        DOCS / "openapi" / f"{service.name}.yaml": as_yaml(
            f"HTTP interface of {service.name} (OpenAPI 3.1).", specification(service)
        )
        for service in services
    }


def specification(service: DescribedService) -> dict[str, Any]:
    """Return the OpenAPI document of `service`, its problems and its callers' tokens included."""
    described = service.app.openapi()
    described["info"]["version"] = version("carionexiq")
    described["info"]["description"] = (
        f"Internal address of {service.name}; browsers reach it as `/api/{service.name}/…` at the "
        "gateway, which puts a short-lived token in the place of the session cookie."
    )
    components = described.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = PROBLEM
    components["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "Ed25519-signed by the gateway, valid for one minute.",
        }
    }
    rights = load_rights()
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            roles = rights.roles_at(Endpoint(service.name, method.upper(), path)) - {ANYBODY}
            _tell_problems(operation, needs_token=bool(roles))
            if roles:
                operation["x-roles"] = sorted(roles)
    components["schemas"] = dict(sorted(schemas.items()))
    return described


def _tell_problems(operation: dict[str, Any], *, needs_token: bool) -> None:
    """Replace FastAPI's own error answer by problems, and say where a token is asked for."""
    parameters = operation.get("parameters", [])
    token = [p for p in parameters if p["in"] == "header" and p["name"] == "authorization"]
    if token:
        operation["parameters"] = [p for p in parameters if p not in token]
        if not operation["parameters"]:
            operation.pop("parameters")
    if needs_token:
        operation["security"] = [{"token": []}]
    responses = operation["responses"]
    responses.pop("422", None)
    for status, meaning in PROBLEMS.items():
        responses.setdefault(
            status,
            {
                "description": meaning,
                "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        )
