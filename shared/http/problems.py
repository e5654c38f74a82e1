"""What went wrong, as RFC 9457 problem details in the caller's language, without personal data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Literal

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shared import telemetry
from shared.database import PyMongoError
from shared.event_store import CommandReusedError, ConcurrencyConflictError, EventTooLargeError
from shared.events.registry import NewerVersionError, UnknownEventError
from shared.vault import (
    CategoryNotAllowedError,
    KeyClosedError,
    KeysUnavailableError,
    RestrictedError,
)

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "https://carionexiq.com/problems/"

Language = Literal["fr", "en"]

log = telemetry.logger(__name__)


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A kind of problem, with what to tell the person in both languages."""

    code: str
    """Stable name, the last part of the problem's `type`."""
    status: int
    fr: str
    en: str


class ProblemError(Exception):
    """Ends a request with a problem."""

    def __init__(self, problem: ProblemType) -> None:
        super().__init__(problem.code)
        self.problem = problem


UNAUTHENTICATED = ProblemType(
    "unauthenticated",
    401,
    "Connectez-vous pour continuer.",
    "Sign in to continue.",
)
SESSION_ENDED = ProblemType(
    "session-ended",
    401,
    "Votre session est terminée. Connectez-vous de nouveau.",
    "Your session has ended. Sign in again.",
)
FORBIDDEN = ProblemType(
    "forbidden",
    403,
    "Votre rôle ne donne pas accès à ces données.",
    "Your role gives no access to this data.",
)
NOT_FOUND = ProblemType(
    "not-found", 404, "Cette ressource n'existe pas.", "There is no such resource."
)
INVALID = ProblemType(
    "invalid-request",
    422,
    "Certains champs sont à corriger.",
    "Some fields need correcting.",
)
CONFLICT = ProblemType(
    "conflict",
    409,
    "Ces données viennent de changer. Rechargez, puis réessayez.",
    "This data has just changed. Reload, then try again.",
)
ERASED = ProblemType(
    "erased",
    410,
    "Ces données ont été effacées définitivement.",
    "This data has been erased for good.",
)
RESTRICTED = ProblemType(
    "restricted",
    403,
    "La personne a limité l'usage de ces données. Elles sont conservées ; seule la conformité les"
    " consulte, avec un motif que la personne verra.",
    "The person has restricted the use of this data. It is kept; only compliance reads it, with a"
    " reason that the person will see.",
)
KEY_REUSED = ProblemType(
    "idempotency-key-reused",
    422,
    "Cette demande a déjà été envoyée avec un autre contenu. Rechargez la page, puis réessayez.",
    "This request has already been sent with another content. Reload the page, then try again.",
)
TOO_LARGE = ProblemType(
    "too-large",
    413,
    "Ce contenu est trop long. Raccourcissez-le, puis réessayez.",
    "This content is too long. Shorten it, then try again.",
)
TOO_SLOW = ProblemType(
    "too-slow",
    408,
    "L'envoi a pris trop de temps. Vérifiez votre connexion, puis réessayez.",
    "Sending this took too long. Check your connection, then try again.",
)
MALFORMED = ProblemType(
    "malformed-request",
    400,
    "Cette requête HTTP est mal formée ou ambiguë.",
    "This HTTP request is malformed or ambiguous.",
)
BROKEN_JSON = ProblemType(
    "broken-json",
    400,
    "Ce contenu n'est pas du JSON lisible d'une seule façon : complet, en UTF-8, chaque nom une"
    " fois.",
    "This is not JSON that can be read in one way only: complete, in UTF-8, each name once.",
)
NOT_UTF_8 = ProblemType(
    "not-utf-8",
    415,
    "Envoyez le JSON en UTF-8.",
    "Send JSON in UTF-8.",
)
UNAVAILABLE = ProblemType(
    "unavailable",
    503,
    "Le service est momentanément indisponible. Réessayez dans un instant.",
    "The service is unavailable for a moment. Try again shortly.",
)
LATER_RELEASE = ProblemType(
    "later-release",
    503,
    "Ces données viennent d'une version plus récente du service. Réessayez après sa mise à jour.",
    "This data is of a later release of the service. Try again once it has been updated.",
)
METHOD_NOT_ALLOWED = ProblemType(
    "method-not-allowed",
    405,
    "Cette adresse n'accepte pas cette méthode.",
    "This address does not take this method.",
)
FRAMEWORKS: Final[Mapping[int, ProblemType]] = {
    HTTPStatus.NOT_FOUND: NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED: METHOD_NOT_ALLOWED,
}
"""What the framework refuses by itself; whatever else is a request that it could not read."""
INTERNAL = ProblemType(
    "internal",
    500,
    "Une erreur inattendue s'est produite. Réessayez ; si elle persiste, écrivez-nous.",
    "Something unexpected went wrong. Try again; if it persists, write to us.",
)


def language_of(request: Request) -> Language:
    """Return what the caller's `Accept-Language` prefers of French and English; else French."""
    ranked: list[tuple[float, int, str]] = []
    for index, part in enumerate(request.headers.get("accept-language", "").split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            ranked.append((-float(weight or 1), index, tag.strip().lower()[:2]))
        except ValueError:
            continue
    for _, _, tag in sorted(ranked):
        if tag == "en":
            return "en"
        if tag == "fr":
            return "fr"
    return "fr"


def body_of(problem: ProblemType, title: str) -> dict[str, Any]:
    """Return the members that every problem has, with `title` in words."""
    return {
        "type": TYPE_PREFIX + problem.code,
        "title": title,
        "status": problem.status,
        "code": problem.code,
    }


def problem_response(
    request: Request, problem: ProblemType, extra: Mapping[str, Any] | None = None
) -> JSONResponse:
    """Return the answer for `problem` in the caller's language."""
    language = language_of(request)
    body = body_of(problem, problem.fr if language == "fr" else problem.en) | dict(extra or {})
    headers = {"Content-Language": language, "Cache-Control": "no-store"}
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "2"
    if extra and "retry_after" in extra:
        headers["Retry-After"] = str(extra["retry_after"])
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body, problem.status, headers, media_type=MEDIA_TYPE)


def install_problem_handlers(app: FastAPI, domain: Mapping[type[Exception], ProblemType]) -> None:
    """Make `app` answer every error with problem details; `domain` maps the service's own.

    What an error has in its attribute `details`, a mapping without personal data, becomes part of
    the answer; its `retry_after`, in seconds, also a header.
    """
    known: dict[type[Exception], ProblemType] = {
        ConcurrencyConflictError: CONFLICT,
        CategoryNotAllowedError: FORBIDDEN,
        CommandReusedError: KEY_REUSED,
        EventTooLargeError: TOO_LARGE,
        KeyClosedError: ERASED,
        RestrictedError: RESTRICTED,
        NewerVersionError: LATER_RELEASE,
        KeysUnavailableError: UNAVAILABLE,
        PyMongoError: UNAVAILABLE,
        UnknownEventError: LATER_RELEASE,
        **domain,
    }

    def answer(problem: ProblemType) -> Callable[[Request, Exception], JSONResponse]:
        return lambda request, error: problem_response(
            request, problem, getattr(error, "details", None)
        )

    for error_type, problem in known.items():
        app.add_exception_handler(error_type, answer(problem))
    app.add_exception_handler(ProblemError, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, _on_unexpected)


def _on_problem(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, ProblemError):
        raise error
    return problem_response(request, error.problem)


def _on_invalid(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    errors = [
        {"pointer": "/" + "/".join(str(step) for step in e["loc"][1:]), "code": e["type"]}
        for e in error.errors()
    ]
    return problem_response(request, INVALID, {"errors": errors})


def _on_http(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    response = problem_response(request, problem_of(error))
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


def problem_of(error: HTTPException) -> ProblemType:
    """Return what an error of the framework tells people, in both languages."""
    told: ProblemType | None = getattr(error, "problem", None)
    return told or FRAMEWORKS.get(error.status_code, MALFORMED)


def _on_unexpected(request: Request, error: Exception) -> JSONResponse:
    log.error("request failed", method=request.method, exc_info=error)
    return problem_response(request, INTERNAL)
