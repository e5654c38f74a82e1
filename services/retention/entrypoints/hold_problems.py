"""What is answered when something asked of a hold or a matter is refused."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from services.retention.domain.errors import (
    DisclosureError,
    HoldExpiryError,
    HoldNotFoundError,
    HoldOverError,
    MatterNotFoundError,
    MatterOverError,
    NarrowingError,
    ReviewDateError,
)
from shared.http.problems import NOT_FOUND, ProblemType

HOLD_PROBLEMS: Final[Mapping[type[Exception], ProblemType]] = {
    HoldNotFoundError: NOT_FOUND,
    MatterNotFoundError: NOT_FOUND,
    HoldOverError: ProblemType(
        "hold-over",
        HTTPStatus.CONFLICT,
        "Cette conservation légale est déjà terminée.",
        "This hold has ended already.",
    ),
    HoldExpiryError: ProblemType(
        "hold-expiry",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Une conservation légale porte sur des catégories et se termine dans le futur ; la"
        " prolonger, c'est la terminer plus tard.",
        "A hold names categories and ends in the future; extending it means that it ends later.",
    ),
    ReviewDateError: ProblemType(
        "hold-review-date",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Une conservation légale est réexaminée dans les douze mois, à une date future.",
        "A hold is reviewed within twelve months, on a date in the future.",
    ),
    DisclosureError: ProblemType(
        "hold-disclosed",
        HTTPStatus.CONFLICT,
        "La personne peut déjà savoir : le secret ne peut plus être prolongé.",
        "The person may know already: secrecy can no longer be extended.",
    ),
    NarrowingError: ProblemType(
        "hold-narrowing",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Restreindre, c'est garder une partie de ce qui l'est déjà. Choisissez moins, sans tout"
        " enlever ; pour tout enlever, levez la conservation.",
        "Narrowing keeps a part of what is kept. Choose less, but not nothing; to keep nothing,"
        " lift the hold.",
    ),
    MatterOverError: ProblemType(
        "matter-over",
        HTTPStatus.CONFLICT,
        "Cette affaire est close. Choisissez-en une en cours, ou ouvrez-en une autre.",
        "This matter is closed. Choose one in progress, or open another.",
    ),
}
