"""What is answered when something asked of an incident is refused."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from services.retention.domain.errors import (
    DisclosureOrderedError,
    DutiesLeftError,
    ExtentMissingError,
    IncidentDatesError,
    IncidentNotFoundError,
    IncidentOverError,
    LateReasonError,
    NotADraftError,
)
from shared.http.problems import NOT_FOUND, ProblemType

DISCLOSURE_COUNT: Final = ProblemType(
    "disclosure-count",
    HTTPStatus.CONFLICT,
    "Le nombre de personnes concernées a changé : relisez-le, puis confirmez de nouveau.",
    "The number of persons concerned has changed: read it again, then confirm once more.",
)
INCIDENT_PROBLEMS: Final[Mapping[type[Exception], ProblemType]] = {
    IncidentNotFoundError: NOT_FOUND,
    IncidentOverError: ProblemType(
        "incident-over",
        HTTPStatus.CONFLICT,
        "Cet incident est clos.",
        "This incident is closed.",
    ),
    IncidentDatesError: ProblemType(
        "incident-dates",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Un incident commence avant d’être connu, une période avant sa fin, et rien n’est à venir.",
        "An incident begins before it is noticed, a time before its end, none in the future.",
    ),
    NotADraftError: ProblemType(
        "not-a-draft",
        HTTPStatus.CONFLICT,
        "Cet incident n’est pas, ou n’est plus, un brouillon à juger.",
        "This incident is not, or no longer, a draft to be judged.",
    ),
    ExtentMissingError: ProblemType(
        "extent-missing",
        HTTPStatus.CONFLICT,
        "Calculez d’abord l’étendue : elle dit qui informer. Elle ne compte personne pour le "
        "moment.",
        "Compute the extent first: it tells whom to inform. It counts nobody for now.",
    ),
    LateReasonError: ProblemType(
        "late-reason",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Les 72 heures sont passées : dites pourquoi (RGPD, art. 33).",
        "The 72 hours are over: say why (GDPR art. 33).",
    ),
    DisclosureOrderedError: ProblemType(
        "disclosure-ordered",
        HTTPStatus.CONFLICT,
        "Les personnes concernées sont déjà informées, ou en train de l’être.",
        "The persons concerned have been told already, or are being told.",
    ),
    DutiesLeftError: ProblemType(
        "duties-left",
        HTTPStatus.CONFLICT,
        "Il reste à faire avant de clore : la page de l’incident dit quoi.",
        "Something is still to be done before closing: the incident’s page says what.",
    ),
}
