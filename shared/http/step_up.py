"""Whether what a session rests on is enough: two factors of staff, and recently where it matters.

The table of rights says where: `recent` and `first_factor` of its entries (C7.3, ASVS 7.5), and
`untrained`, without which staff need the yearly training in date (C7.7).
"""

from datetime import datetime, timedelta

from shared.http.auth import STAFF_ROLES, Principal
from shared.http.problems import ProblemType
from shared.rights import Demand

SECOND_FACTOR_REQUIRED = ProblemType(
    "second-factor-required",
    403,
    "Enregistrez d'abord un second facteur : « Sécurité de la connexion », dans votre compte.",
    "Enrol a second factor first: “Sign-in security”, in your account.",
)
CONFIRMATION_REQUIRED = ProblemType(
    "confirmation-required",
    403,
    "Confirmez d'abord que c'est bien vous : code, clé d'accès ou mot de passe.",
    "Confirm first that it is you: code, passkey or password.",
)

TRAINING_REQUIRED = ProblemType(
    "training-required",
    403,
    "Votre formation annuelle n'est plus à jour : l'accès aux données personnelles est suspendu"
    " jusqu'à ce qu'elle soit enregistrée.",
    "Your yearly training is no longer in date: access to personal data is suspended until it is"
    " recorded.",
)


def shortfall(
    principal: Principal, demand: Demand, now: datetime, recently: timedelta
) -> ProblemType | None:
    """Return what is to be done first, `None` where the caller has done enough.

    The system has no session: it is known by its key.
    """
    person = principal.role in STAFF_ROLES or principal.role == "learner"
    if not person:
        return None
    proof = None if principal.session is None else principal.session.proof
    strong = proof is not None and proof.strong
    if principal.role in STAFF_ROLES and not strong and not demand.first_factor:
        return SECOND_FACTOR_REQUIRED
    if principal.role in STAFF_ROLES and not demand.untrained and is_suspended(principal, now):
        return TRAINING_REQUIRED
    if demand.recent and (proof is None or now >= proof.at + recently):
        return CONFIRMATION_REQUIRED
    return None


def is_suspended(principal: Principal, now: datetime) -> bool:
    """Whether the warning that the yearly training was missed has run out (C7.7)."""
    suspends_at = None if principal.session is None else principal.session.suspends_at
    return suspends_at is not None and now >= suspends_at
