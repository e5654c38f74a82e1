"""The promises of C2 in words, and how many objects each concerned."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from deploy.demo.oracle.judge import Judgement
from deploy.demo.report.model import PromiseCount


class Words(NamedTuple):
    """One promise as the policy gives it, and in English."""

    fr: str
    en: str


EVERYTHING: Final = "C2.11"
PROMISES: Final = {
    "C2.1": Words("Identité civile : le contrat + 3 ans", "Civil identity: the contract + 3 years"),
    "C2.2": Words(
        "Coordonnées électroniques : jusqu'au retrait du consentement",
        "Electronic contact data: until consent is withdrawn",
    ),
    "C2.3": Words(
        "Historique d'apprentissage : 5 ans après la dernière connexion",
        "Learning history: 5 years after the last login",
    ),
    "C2.4": Words("Données de paiement : 10 ans", "Payment data: 10 years"),
    "C2.5": Words(
        "Profil actif : 3 ans après la dernière activité, puis suppression",
        "Active profile: 3 years after the last activity, then deletion",
    ),
    "C2.6": Words(
        "Historique pédagogique : 5 ans après la dernière certification, puis anonymisation",
        "Teaching history: 5 years after the last certification, then anonymised",
    ),
    "C2.7": Words(
        "Échanges avec le support : 2 ans après la résolution",
        "Support exchanges: 2 years from final resolution",
    ),
    "C2.8": Words(
        "Documents comptables : 10 ans au moins, puis destruction",
        "Accounting documents: 10 years at least, then destroyed",
    ),
    "C2.9": Words(
        "Prospects non convertis : 3 ans sans interaction",
        "Prospects never converted: 3 years without interaction",
    ),
    "C2.10": Words(
        "Enregistrements de séances : 30 jours, sauf demande de conservation",
        "Session recordings: 30 days, unless kept at the learner's request",
    ),
    EVERYTHING: Words(
        "À chaque terme, la suppression se fait d'elle-même ; rien n'est conservé sans fin",
        "At each term deletion happens by itself; nothing is kept without end",
    ),
    "C1.5": Words(
        "Traces techniques : 6 mois (choix du responsable de traitement)",
        "Technical traces: 6 months (the controller's own choice)",
    ),
    "C8.4": Words(
        "Effacement à la demande, sauf ce que la loi impose de garder",
        "Erasure on request, except what the law requires to be kept",
    ),
    "C11.1": Words(
        "Représentant légal et jour de la majorité : effacés à la majorité",
        "Legal guardian and day of majority: erased at majority",
    ),
    "C11.2": Words(
        "Mineur sans autorisation : suppression après 7 jours",
        "A minor without authorisation: deleted after 7 days",
    ),
}


def count_promises(judgements: Sequence[Judgement]) -> tuple[PromiseCount, ...]:
    """Return what became of the objects of every promise, in the order of the policy."""
    return tuple(_count(number, words, judgements) for number, words in PROMISES.items())


def _count(number: str, words: Words, judgements: Sequence[Judgement]) -> PromiseCount:
    concerned = [
        judgement
        for judgement in judgements
        if number == EVERYTHING or number in judgement.term.promises
    ]
    fates = [judgement.fate for judgement in concerned]
    return PromiseCount(
        promise=number,
        fr=words.fr,
        en=words.en,
        objects=len(concerned),
        fell_due=len(fates) - fates.count("running"),
        forgotten_on_time=fates.count("on_time"),
        late=fates.count("late"),
        held=fates.count("held"),
        running=fates.count("running"),
    )
