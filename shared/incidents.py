"""What is said of a personal data breach: codes, and their words in both languages.

The register of incidents (C7.8) is made of codes alone, so that no name ever comes into it; the
fields are those of GDPR art. 33(3) and 34(2).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.events.base import Identifier
from shared.personal import Category
from shared.words import Text

Nature = Literal["confidentiality", "integrity", "availability"]
Cause = Literal[
    "intrusion",
    "stolen_account",
    "lost_device",
    "misdirected",
    "published_by_mistake",
    "read_without_need",
    "technical_fault",
    "processor",
    "unknown",
]
Consequence = Literal[
    "phishing", "identity_theft", "financial_loss", "reputation", "loss_of_access", "discrimination"
]
Measure = Literal[
    "access_closed",
    "sessions_ended",
    "passwords_renewed",
    "keys_rotated",
    "data_restored",
    "fault_repaired",
    "recipient_deleted",
    "complaint_filed",
    "watch_increased",
]
Lesson = Literal[
    "rights_narrowed",
    "training",
    "monitoring_rule",
    "code_review",
    "contract_revised",
    "procedure_changed",
    "nothing_to_change",
]
Risk = Literal["none", "risk", "high"]
LateReason = Literal["extent_unclear", "known_late", "authority_unreachable", "investigation"]


class Suspicion(BaseModel):
    """What an incident that is opened because of an anomaly is filled in with."""

    model_config = ConfigDict(frozen=True)

    by_itself: bool
    """Whether a draft is opened at once, to be judged."""
    natures: tuple[Nature, ...] = Field(min_length=1)
    cause: Cause
    categories: tuple[Category, ...] = Field(min_length=1)
    since: datetime
    until: datetime
    reader: Identifier | None = None
    """The member of staff whose readings count, where it is about those."""
    person: Identifier | None = None
    """The person whose data alone is concerned, where it is about one account."""


NATURES: Final[Mapping[Nature, Text]] = {
    "confidentiality": Text(fr="confidentialité", en="confidentiality"),
    "integrity": Text(fr="intégrité", en="integrity"),
    "availability": Text(fr="disponibilité", en="availability"),
}
CAUSES: Final[Mapping[Cause, Text]] = {
    "intrusion": Text(fr="intrusion dans le système", en="intrusion into the system"),
    "stolen_account": Text(fr="compte usurpé", en="account taken over"),
    "lost_device": Text(fr="appareil perdu ou volé", en="device lost or stolen"),
    "misdirected": Text(fr="envoi au mauvais destinataire", en="sent to the wrong recipient"),
    "published_by_mistake": Text(fr="publication par erreur", en="published by mistake"),
    "read_without_need": Text(
        fr="consultation sans nécessité par le personnel", en="read by staff without need"
    ),
    "technical_fault": Text(fr="défaut technique", en="technical fault"),
    "processor": Text(fr="violation chez un sous-traitant", en="breach at a processor"),
    "unknown": Text(fr="pas encore connue", en="not known yet"),
}
CONSEQUENCES: Final[Mapping[Consequence, Text]] = {
    "phishing": Text(
        fr="hameçonnage ou démarchage frauduleux", en="phishing or fraudulent solicitation"
    ),
    "identity_theft": Text(fr="usurpation d’identité", en="identity theft"),
    "financial_loss": Text(fr="perte financière", en="financial loss"),
    "reputation": Text(fr="atteinte à la réputation", en="harm to reputation"),
    "loss_of_access": Text(
        fr="perte d’accès à la formation ou à ses résultats",
        en="loss of access to the training or its results",
    ),
    "discrimination": Text(fr="discrimination", en="discrimination"),
}
MEASURES: Final[Mapping[Measure, Text]] = {
    "access_closed": Text(fr="accès en cause fermé", en="the access in question closed"),
    "sessions_ended": Text(fr="sessions terminées", en="sessions ended"),
    "passwords_renewed": Text(fr="mots de passe renouvelés", en="passwords renewed"),
    "keys_rotated": Text(fr="clés renouvelées", en="keys rotated"),
    "data_restored": Text(fr="données restaurées", en="data restored"),
    "fault_repaired": Text(fr="défaut corrigé", en="fault repaired"),
    "recipient_deleted": Text(
        fr="suppression confirmée par le destinataire", en="deletion confirmed by the recipient"
    ),
    "complaint_filed": Text(fr="plainte déposée", en="complaint filed"),
    "watch_increased": Text(fr="surveillance renforcée", en="watch increased"),
}
LESSONS: Final[Mapping[Lesson, Text]] = {
    "rights_narrowed": Text(fr="droits d’accès réduits", en="access rights narrowed"),
    "training": Text(fr="formation du personnel", en="training of staff"),
    "monitoring_rule": Text(fr="règle de surveillance ajoutée", en="monitoring rule added"),
    "code_review": Text(fr="contrôle du code renforcé", en="code review strengthened"),
    "contract_revised": Text(fr="contrat de sous-traitance revu", en="processor contract revised"),
    "procedure_changed": Text(fr="procédure modifiée", en="procedure changed"),
    "nothing_to_change": Text(fr="rien à changer", en="nothing to change"),
}
RISKS: Final[Mapping[Risk, Text]] = {
    "none": Text(fr="aucun risque vraisemblable", en="no risk is likely"),
    "risk": Text(fr="un risque", en="a risk"),
    "high": Text(fr="un risque élevé", en="a high risk"),
}
LATE_REASONS: Final[Mapping[LateReason, Text]] = {
    "extent_unclear": Text(fr="étendue longue à établir", en="the extent took long to establish"),
    "known_late": Text(fr="faits connus tardivement", en="facts came to be known late"),
    "authority_unreachable": Text(
        fr="téléservice de l’autorité indisponible", en="the authority could not be reached"
    ),
    "investigation": Text(fr="enquête en cours", en="an investigation was under way"),
}
ADVICE: Final[Mapping[Category, Text]] = {
    Category.CIVIL_IDENTITY: Text(
        fr="Méfiez-vous de qui connaît votre nom et s’en sert pour vous mettre en confiance : "
        "vérifiez par un autre moyen avant de répondre.",
        en="Beware of those who know your name and use it to win your trust: check by other means "
        "before you answer.",
    ),
    Category.CONTACT: Text(
        fr="Attendez-vous à des messages ou appels frauduleux. N’ouvrez ni lien ni pièce jointe "
        "inattendus ; nous ne demandons jamais votre mot de passe. Signalez-les au 33700 (SMS) ou "
        "sur signal-spam.fr.",
        en="Expect fraudulent messages or calls. Open no unexpected link or attachment; we never "
        "ask for your password. In France, report them to 33700 (texts) or signal-spam.fr.",
    ),
    Category.CREDENTIALS: Text(
        fr="Changez votre mot de passe maintenant, et partout où vous avez employé le même.",
        en="Change your password now, and wherever else you used the same one.",
    ),
    Category.PROFILE: Text(
        fr="Votre secteur ou vos objectifs peuvent servir à rendre un message crédible.",
        en="Your line of work or your goals may serve to make a message believable.",
    ),
    Category.MINORITY: Text(
        fr="Prévenez votre représentant légal : un faux message peut se servir de son nom ou de sa "
        "réponse. Nous ne demandons jamais un accord par téléphone.",
        en="Tell your legal guardian: a false message may use that name or that answer. We never "
        "ask for an agreement by telephone.",
    ),
    Category.LEARNING_HISTORY: Text(
        fr="Vos résultats peuvent être connus d’autres : vous n’avez à les justifier devant "
        "personne. Une attestation présentée par un tiers peut être vérifiée auprès de nous.",
        en="Others may know your results: you owe nobody an explanation. A certificate that "
        "somebody else presents can be checked with us.",
    ),
    Category.PAYMENT: Text(
        fr="Surveillez vos comptes et contestez sans délai tout débit inconnu auprès de votre "
        "banque. Nous ne conservons pas de numéro de carte.",
        en="Watch your accounts and dispute unknown debits with your bank without delay. We keep "
        "no card numbers.",
    ),
    Category.SUPPORT: Text(
        fr="Ce que vous avez écrit à l’assistance peut être connu. Si un mot de passe ou un "
        "document s’y trouvait, changez-le ou signalez-le.",
        en="What you wrote to support may be known. If a password or a document was in it, change "
        "or report it.",
    ),
    Category.PROSPECT: Text(
        fr="Votre message de contact peut être connu : méfiez-vous d’offres qui s’y réfèrent.",
        en="Your contact message may be known: beware of offers that refer to it.",
    ),
    Category.RECORDING: Text(
        fr="Un enregistrement où l’on vous voit ou entend peut circuler. Demandez-nous son "
        "retrait, et à la plateforme qui le montrerait.",
        en="A recording in which you are seen or heard may circulate. Ask us, and any platform "
        "that shows it, to take it down.",
    ),
    Category.TECHNICAL_TRACES: Text(
        fr="Vos adresses de connexion peuvent être connues : redémarrez votre box si votre adresse "
        "est fixe depuis longtemps, et mettez vos appareils à jour.",
        en="The addresses you connected from may be known: restart your router if yours has long "
        "been the same, and update your devices.",
    ),
    Category.MAIL_CONTENT: Text(
        fr="Le contenu de nos messages peut être connu : les liens qu’ils portaient ne servent "
        "plus, demandez-en de nouveaux.",
        en="What our messages said may be known: do not use links in them, ask for new ones.",
    ),
    Category.ACCESS_FILE: Text(
        fr="La copie de vos données que vous aviez demandée peut être connue, donc tout ce que "
        "nous tenons sur vous. Changez votre mot de passe ; méfiez-vous de tout message inattendu.",
        en="The copy of your data that you had asked for may be known, so all that we hold about "
        "you. Change your password; beware of any unexpected message.",
    ),
    Category.DEMAND: Text(
        fr="Ce qu’une autorité a demandé de vous, et ce qui lui a été remis, peut être connu. "
        "Écrivez-nous, ou parlez-en à un avocat, si vous pensez que cela vous nuit.",
        en="What an authority asked about you, and what it was given, may be known. Write to us, "
        "or talk to a lawyer, if you think that it harms you.",
    ),
    Category.STAFF: Text(
        fr="Changez votre mot de passe et signalez toute demande inhabituelle d’un collègue.",
        en="Change your password and report any unusual request by a colleague.",
    ),
}
"""What persons can do, by the category of their data (GDPR art. 34(2))."""
