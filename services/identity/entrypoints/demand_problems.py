"""What is answered when something cannot be done about an official demand."""

from typing import Final

from services.identity.domain.demand import errors as e
from shared.http.problems import NOT_FOUND, ProblemType

DEMAND_PROBLEMS: Final[dict[type[Exception], ProblemType]] = {
    e.UnknownDemandError: NOT_FOUND,
    e.DemandClosedError: ProblemType(
        "demand-closed",
        409,
        "Cette demande est close.",
        "This demand is closed.",
    ),
    e.DemandContestedError: ProblemType(
        "demand-contested",
        409,
        "Cette demande est contestée : rien n'est communiqué avant l'issue de la contestation.",
        "This demand is contested: nothing is disclosed before that is settled.",
    ),
    e.NotContestedError: ProblemType(
        "demand-not-contested",
        409,
        "Cette demande n'est pas contestée.",
        "This demand is not contested.",
    ),
    e.DemandUncheckedError: ProblemType(
        "demand-unchecked",
        409,
        "Vérifiez d'abord la demande : chaque point doit être acquis. Sinon, contestez-la.",
        "Check the demand first: every point has to hold. Otherwise contest it.",
    ),
    e.NobodyNamedError: ProblemType(
        "nobody-named",
        409,
        "Cette demande ne nomme personne que nous connaissions.",
        "This demand names nobody whom we know.",
    ),
    e.WiderScopeError: ProblemType(
        "wider-scope",
        422,
        "Le nouveau périmètre doit nommer des personnes connues et rester dans l'ancien.",
        "The new scope has to name persons whom we know, and to stay within the old one.",
    ),
    e.NoDisclosureError: ProblemType(
        "no-disclosure",
        409,
        "Cette communication n'existe plus : préparez-la de nouveau.",
        "This disclosure is no more: prepare it anew.",
    ),
    e.DisclosureIncompleteError: ProblemType(
        "disclosure-incomplete",
        409,
        "Un service n'a pas encore donné sa part. Attendez, ou préparez-la de nouveau.",
        "A service has not given its part yet. Wait, or prepare the disclosure anew.",
    ),
    e.AlreadyApprovedError: ProblemType(
        "disclosure-approved",
        409,
        "Cette communication est approuvée : remettez-la, ou refusez-la d'abord.",
        "This disclosure is approved: hand it over, or refuse it first.",
    ),
    e.UnapprovedError: ProblemType(
        "disclosure-unapproved",
        409,
        "Une autre personne doit d'abord approuver cette communication.",
        "Somebody else has to approve this disclosure first.",
    ),
    e.SamePreparerError: ProblemType(
        "same-preparer",
        403,
        "Une autre personne que celle qui a préparé la communication doit en décider.",
        "Somebody else than who prepared the disclosure has to decide.",
    ),
    e.AlreadyToldError: ProblemType(
        "already-told",
        409,
        "Les personnes sont déjà informées.",
        "The persons have been told already.",
    ),
    e.SecrecyDateError: ProblemType(
        "secrecy-date",
        422,
        "Indiquez le dernier jour du secret ; il doit être à venir.",
        "Give the last day of the secrecy; it has to be in the future.",
    ),
    e.AlteredPartError: ProblemType(
        "disclosure-altered",
        409,
        "Ce qui est gardé n'est pas ce qui a été préparé : rien n'est remis. Prévenez la sécurité.",
        "What is kept is not what was prepared: nothing is handed over. Tell security.",
    ),
}
