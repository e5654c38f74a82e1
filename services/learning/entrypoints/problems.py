"""The service's errors as problem details (RFC 9457), in French and English."""

from typing import Final

from services.learning.domain import errors
from shared.http.problems import ERASED, NOT_FOUND, ProblemType

PROBLEMS: Final[dict[type[Exception], ProblemType]] = {
    errors.NotFoundError: NOT_FOUND,
    errors.AccountUnconfirmedError: ProblemType(
        "account-not-confirmed",
        409,
        "Confirmez d'abord votre adresse e-mail : le lien vous a été envoyé.",
        "Confirm your e-mail address first: the link has been sent to you.",
    ),
    errors.GuardianAgreementMissingError: ProblemType(
        "guardian-agreement-missing",
        403,
        "L'accord d'un représentant légal est nécessaire avant toute formation.",
        "A legal guardian's agreement is needed before any training.",
    ),
    errors.AccountLeftError: ProblemType(
        "account-closed", 409, "Ce compte est fermé.", "This account is closed."
    ),
    errors.AccessDateError: ProblemType(
        "access-date",
        422,
        "Le dernier jour suit le premier, de cinq ans au plus.",
        "The last day comes after the first, by five years at most.",
    ),
    errors.AlreadyEnrolledError: ProblemType(
        "already-enrolled",
        409,
        "Vous suivez déjà ce module.",
        "You are already taking this module.",
    ),
    errors.EnrolmentOverError: ProblemType(
        "enrolment-over",
        409,
        "Votre accès à ce module est terminé.",
        "Your access to this module is over.",
    ),
    errors.AlreadyCertifiedError: ProblemType(
        "already-certified",
        409,
        "La certification est accordée : les réponses ne changent plus.",
        "The certification has been granted: answers no longer change.",
    ),
    errors.NoAttemptLeftError: ProblemType(
        "no-attempt-left",
        409,
        "Vous avez utilisé tous les essais de cet exercice.",
        "You have used every attempt at this exercise.",
    ),
    errors.AlreadyContestedError: ProblemType(
        "already-contested",
        409,
        "Vous avez déjà signalé cette valeur : elle est en cours d'examen.",
        "You have marked this value as wrong already: it is being looked into.",
    ),
    errors.NotDeciderError: ProblemType(
        "not-decider",
        403,
        "Quelqu'un d'autre décide de cette valeur.",
        "Somebody else decides about this value.",
    ),
    errors.ContestedError: ProblemType(
        "contested",
        409,
        "Un résultat est contesté, et limité à la demande de la personne : décidez-en d'abord.",
        "A result is contested, and restricted as the person asked: decide about it first.",
    ),
    errors.CorrectionError: ProblemType(
        "correction",
        422,
        "Indiquez la bonne valeur, telle qu'elle doit figurer : un résultat va de 0 à 100.",
        "State the right value as it is to be held: a result goes from 0 to 100.",
    ),
    errors.AnswerNotUnderstoodError: ProblemType(
        "answer-not-understood",
        422,
        "Cette réponse ne correspond pas à l'exercice. Vérifiez le format demandé.",
        "This answer does not fit the exercise. Check the form asked for.",
    ),
    errors.CertificationNotPendingError: ProblemType(
        "certification-not-pending",
        409,
        "Aucune décision de certification n'est attendue ici.",
        "No certification decision is awaited here.",
    ),
    errors.HumanDecisionRequiredError: ProblemType(
        "human-decision-required",
        403,
        "Seule une formatrice ou un formateur peut décider d'une certification.",
        "Only a trainer may decide about a certification.",
    ),
    errors.InvoiceAlreadyPaidError: ProblemType(
        "invoice-already-paid",
        409,
        "Cette facture est déjà réglée.",
        "This invoice has already been paid.",
    ),
    errors.ConsentMissingError: ProblemType(
        "consent-missing",
        409,
        "Cela repose sur votre consentement. Donnez-le d'abord sur la page de vos choix.",
        "This rests on your consent. Give it first on the page of your choices.",
    ),
    errors.ChoicesNotKnownError: ProblemType(
        "choices-not-known",
        503,
        "Nous ne pouvons pas vérifier vos choix en ce moment. Réessayez dans un instant.",
        "We cannot check your choices at this moment. Try again shortly.",
    ),
    errors.TooManyImportedError: ProblemType(
        "too-many-imported",
        409,
        "Nous gardons au plus 500 formations et séances venues d'ailleurs.",
        "We keep 500 courses and sessions from elsewhere at most.",
    ),
    errors.OwnRecordError: ProblemType(
        "own-record",
        409,
        "Cette formation a été suivie ici : elle y est déjà.",
        "This course was taken here: it is here already.",
    ),
    errors.RecordingGoneError: ERASED,
    errors.RecordingPlaceError: ProblemType(
        "recording-place",
        422,
        "Un enregistrement reste dans l'Union européenne, chez un sous-traitant inscrit au registre"
        " pour cela. Déplacez-le, ou demandez à la déléguée à la protection des données.",
        "A recording stays in the European Union, with a processor that the register names for it."
        " Move it, or ask the data protection officer.",
    ),
    errors.GroupNotTaughtError: ProblemType(
        "group-not-taught",
        403,
        "Ce groupe n'est pas le vôtre. L'administration peut vous l'affecter.",
        "This group is not yours. An administrator can assign it to you.",
    ),
    errors.LiveSessionTimesError: ProblemType(
        "session-times",
        422,
        "Une séance finit après son début, dans les huit heures, et pas dans le passé.",
        "A session ends after it starts, within eight hours, and not in the past.",
    ),
    errors.SeatNotFoundError: ProblemType(
        "seat-not-found",
        404,
        "Vous n'avez pas de place dans cette séance.",
        "You have no seat in this session.",
    ),
    errors.LiveSessionOverError: ProblemType(
        "session-over",
        409,
        "Cette séance est terminée ou annulée.",
        "This session is over or was cancelled.",
    ),
}
"""Starlette looks an error up along its class's bases, so a leaf wins over its family."""
