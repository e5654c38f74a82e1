"""What anchors, bounds and terms are called: the words of "until when, and why"."""

from datetime import datetime
from typing import Final

from services.retention.domain.calendar import PARIS, Term, parse_term
from services.retention.domain.clocks.reasoning import Step
from shared.words import Language, Text

ANCHORS: Final = {
    "last_activity": Text(fr="la dernière activité", en="the last activity"),
    "last_login": Text(fr="la dernière connexion", en="the last sign-in"),
    "contract_end": Text(fr="la fin du contrat", en="the end of the contract"),
    "account_closed": Text(fr="la clôture du compte", en="the closing of the account"),
    "registration": Text(fr="l'inscription", en="the registration"),
    "blocked": Text(fr="le blocage du compte", en="the blocking of the account"),
    "minority_over": Text(
        fr="la fin de la demande au représentant légal, ou la majorité",
        en="the end of the question to the guardian, or majority",
    ),
    "certification": Text(fr="la certification", en="the certification"),
    "accounting_year_end": Text(
        fr="la fin de l'exercice comptable", en="the end of the accounting year"
    ),
    "invoice_issued": Text(fr="l'émission de la facture", en="the issue of the invoice"),
    "final_resolution": Text(fr="la réponse définitive", en="the final answer"),
    "session_recorded": Text(fr="l'enregistrement", en="the recording"),
    "recording_released": Text(fr="la fin de sa conservation", en="its no longer being kept"),
    "trace_collected": Text(fr="la première trace du mois", en="the first trace of the month"),
    "dead_letters_opened": Text(
        fr="le premier message en échec du mois", en="the first dead letter of the month"
    ),
    "message_sent": Text(fr="l'envoi du message", en="the sending of the message"),
    "demand_closed": Text(
        fr="la clôture de la demande officielle", en="the closing of the official demand"
    ),
    "disclosure_composed": Text(
        fr="la préparation de la communication", en="the preparation of the disclosure"
    ),
    "disclosure_over": Text(
        fr="la remise de la communication, ou son abandon",
        en="the handing over of the disclosure, or its being given up",
    ),
    "last_interaction": Text(fr="le dernier échange", en="the last interaction"),
    "conversion": Text(fr="l'inscription du prospect", en="the prospect's registration"),
    "departure": Text(fr="le départ", en="the departure"),
    "contact_not_needed": Text(
        fr="le jour où plus rien ne l'exige", en="the day nothing needs it any more"
    ),
    "erasure_request": Text(fr="la demande d'effacement", en="the request for erasure"),
    "file_requested": Text(fr="la demande du dossier", en="the request for the file"),
    "file_ready": Text(fr="la mise à disposition du dossier", en="the file's being ready"),
    "file_fetched": Text(fr="le téléchargement du dossier", en="the download of the file"),
}
BOUNDS: Final = {
    "ends": Text(fr="se termine", en="ends"),
    "not_before": Text(fr="pas avant", en="not before"),
    "not_after": Text(fr="pas après", en="not after"),
    "legal_minimum": Text(fr="minimum légal", en="legal minimum"),
}
LACKS: Final = {
    "absent": Text(fr="n'a pas eu lieu et n'y est pas tenu", en="has not happened and need not"),
    "waiting": Text(fr="n'a pas encore eu lieu", en="has not happened yet"),
    "missing": Text(fr="manque : alarme", en="is missing: alarm"),
    "contradictory": Text(fr="se contredit : alarme", en="contradicts itself: alarm"),
}
DECIDES: Final = Text(fr="c'est ce qui décide", en="this decides")
OF_LENGTH: Final = frozenset({"legal_minimum", "notice"})
"""Fields of a rule that are a length of time."""
UNITS: Final = {
    "years": (Text(fr="an", en="year"), Text(fr="ans", en="years")),
    "months": (Text(fr="mois", en="month"), Text(fr="mois", en="months")),
    "days": (Text(fr="jour", en="day"), Text(fr="jours", en="days")),
}
AFTER: Final = Text(fr="après", en="after")
EARLIER: Final = Text(
    fr="une autre règle emporte ces données plus tôt", en="another rule takes this data earlier"
)
OPEN: Final = Text(fr="pas encore connu", en="not known yet")
UNCOVERED: Final = Text(fr="aucune règle : alarme", en="no rule: alarm")


def sentence(step: Step, language: Language) -> str:
    """Return one step of the reasoning in words."""
    what = f"{BOUNDS[step.bound].say(language)}: {moment(step.anchor, step.after, language)}"
    if step.lack is not None:
        return f"{what}, {LACKS[step.lack].say(language)}"
    told = f"{what} ({day(step.anchored, language)}) = {day(step.at, language)}"
    return f"{told} ← {DECIDES.say(language)}" if step.decides else told


def moment(anchor: str, after: Term, language: Language) -> str:
    """Return a term after an anchor in words: 3 years after the last activity."""
    return f"{_term(after, language)}{ANCHORS[anchor].say(language)}"


def said(field: str, value: str, language: Language) -> str:
    """Return a value of a rule's field, as `ruleset.difference` tells it, in words."""
    anchor, _, after = value.partition(" + ")
    if after and anchor in ANCHORS:
        return moment(anchor, parse_term(after), language)
    if field in OF_LENGTH:
        return _length(parse_term(value), language)
    return value


def day(at: datetime | None, language: Language) -> str:
    """Return an instant on the wall clock of Paris."""
    return OPEN.say(language) if at is None else f"{at.astimezone(PARIS):%Y-%m-%d %H:%M}"


def _term(term: Term, language: Language) -> str:
    length = _length(term, language)
    return f"{length} {AFTER.say(language)} " if length else ""


def _length(term: Term, language: Language) -> str:
    parts = [
        f"{count} {UNITS[unit][count > 1].say(language)}"
        for unit, count in (("years", term.years), ("months", term.months), ("days", term.days))
        if count
    ]
    return ", ".join(parts)
