"""What identity answers when a command is refused."""

from services.identity.adapters.ceremonies import CeremonyOverError
from services.identity.adapters.links import InvalidLinkError
from services.identity.adapters.openid_provider import (
    ProviderAwayError,
    ProviderRefusedError,
    WeakSignInError,
)
from services.identity.adapters.passkeys import PasskeysUnavailableError, WrongPasskeyError
from services.identity.adapters.passwords import HashingFailedError
from services.identity.adapters.throttle_store import ThrottledError
from services.identity.application.admission import SignInsBusyError
from services.identity.application.known_password import WrongCredentialsError
from services.identity.application.sign_in import SignInOverError
from services.identity.application.staff import AddressTakenError
from services.identity.application.throttle import AlreadyServedError
from services.identity.domain import errors as e
from services.identity.entrypoints.demand_problems import DEMAND_PROBLEMS
from shared.http.problems import INVALID, NOT_FOUND, UNAVAILABLE, ProblemType

INVALID_LINK = ProblemType(
    "invalid-link",
    400,
    "Ce lien n'est plus valable. Demandez-en un nouveau.",
    "This link is no longer valid. Ask for a new one.",
)

PROBLEMS: dict[type[Exception], ProblemType] = {
    HashingFailedError: UNAVAILABLE,
    SignInsBusyError: ProblemType(
        "sign-ins-busy",
        429,
        "Beaucoup de personnes se connectent en ce moment. Réessayez dans quelques secondes.",
        "Many people are signing in at the moment. Try again in a few seconds.",
    ),
    ThrottledError: ProblemType(
        "throttled",
        429,
        "Trop d'essais en peu de temps. Attendez un peu, puis réessayez.",
        "Too many attempts in a short time. Wait a little, then try again.",
    ),
    WrongCredentialsError: ProblemType(
        "invalid-credentials",
        401,
        "Adresse e-mail ou mot de passe incorrect.",
        "Wrong e-mail address or password.",
    ),
    AddressTakenError: ProblemType(
        "address-taken",
        409,
        "Cette adresse e-mail appartient déjà à un compte.",
        "This e-mail address already belongs to an account.",
    ),
    InvalidLinkError: INVALID_LINK,
    e.GuardianRequiredError: ProblemType(
        "guardian-required",
        422,
        "Avant 18 ans, l'accord d'un représentant légal est nécessaire : indiquez son adresse.",
        "Under 18, a legal guardian's agreement is needed: give the guardian's address.",
    ),
    e.AnomalyNotFoundError: NOT_FOUND,
    e.AnomalySettledError: ProblemType(
        "anomaly-settled",
        409,
        "Cette anomalie est déjà classée ou a donné lieu à un incident.",
        "This anomaly is settled already, or an incident was opened because of it.",
    ),
    e.AccessNotFoundError: NOT_FOUND,
    e.OwnAccessError: ProblemType(
        "own-access",
        403,
        "Un accès d'urgence est examiné par une autre personne que celle qui l'a pris.",
        "A break-glass access is reviewed by somebody else than who took it.",
    ),
    e.AccessRunningError: ProblemType(
        "access-running",
        409,
        "Cet accès d'urgence est encore ouvert. Mettez-y fin d'abord, ou attendez son terme.",
        "This break-glass access is still open. End it first, or wait until its time is over.",
    ),
    e.AccessReviewedError: ProblemType(
        "access-reviewed",
        409,
        "Cet accès d'urgence a déjà été jugé autrement.",
        "This break-glass access has been judged otherwise already.",
    ),
    e.RoleTermError: ProblemType(
        "role-term",
        422,
        "La fin du rôle doit être à venir, et dans un an au plus.",
        "The role has to end in the future, within a year.",
    ),
    e.SamePersonError: ProblemType(
        "same-person",
        403,
        "Une autre personne doit confirmer : ni celle qui nomme, ni celle qui est nommée.",
        "Somebody else has to confirm: neither who appoints nor who is appointed.",
    ),
    e.AppointmentUnconfirmedError: ProblemType(
        "appointment-unconfirmed",
        403,
        "Votre rôle attend la confirmation d'une seconde personne de l'administration.",
        "Your role awaits confirmation by a second administrator.",
    ),
    e.AccountUnconfirmedError: ProblemType(
        "account-unconfirmed",
        403,
        "Confirmez d'abord votre adresse : suivez le lien reçu par e-mail.",
        "Confirm your address first: follow the link in our e-mail.",
    ),
    e.AccountBlockedError: ProblemType(
        "account-blocked",
        403,
        "Ce compte attend l'accord d'un représentant légal.",
        "This account awaits a legal guardian's agreement.",
    ),
    e.AccountClosedError: ProblemType(
        "account-closed",
        403,
        "Ce compte est fermé. Écrivez-nous si ce n'était pas votre souhait.",
        "This account is closed. Write to us if that was not your wish.",
    ),
    e.AlreadyResolvedError: ProblemType(
        "already-resolved",
        409,
        "Cette demande est résolue. Rouvrez-la pour y répondre.",
        "This request is resolved. Reopen it to answer.",
    ),
    e.RightsCaseClosedError: ProblemType(
        "rights-case-closed",
        409,
        "Cette demande est terminée. Une nouvelle demande ouvre un nouveau délai.",
        "This request is over. A new request opens a new term.",
    ),
    e.RightsCaseOpenError: ProblemType(
        "rights-case-open",
        409,
        "Une demande de droits ouverte porte sur cet échange : c'est sa réponse qui le termine.",
        "An open rights case is about this exchange: its answer ends both.",
    ),
    e.IdentityUnconfirmedError: ProblemType(
        "identity-unconfirmed",
        409,
        "La personne n'a pas encore confirmé que la demande vient d'elle.",
        "The person has not confirmed yet that the request is theirs.",
    ),
    e.NotExtendableError: ProblemType(
        "not-extendable",
        409,
        "Ce délai ne peut être prolongé : seul un accès peut l'être, une fois, avant son terme.",
        "This term cannot be extended: only an access can, once, and before its end.",
    ),
    e.ActElsewhereError: ProblemType(
        "act-elsewhere",
        409,
        "Ce dossier suit ce que la personne a fait elle-même : il se clôt là où cela se décide.",
        "This case follows what the person did themselves: it ends where that is decided.",
    ),
    e.ConfirmationNotAwaitedError: ProblemType(
        "confirmation-not-awaited",
        409,
        "La personne a déjà confirmé que la demande vient d'elle.",
        "The person has confirmed already that the request is theirs.",
    ),
    e.ConfirmationSentLatelyError: ProblemType(
        "confirmation-sent-lately",
        429,
        "Le lien vient d'être envoyé : attendez dix minutes ; cinq renvois au plus par dossier.",
        "The link was sent a moment ago: wait ten minutes; it is sent again five times at most.",
    ),
    e.UnknownFileError: NOT_FOUND,
    e.FileIncompleteError: ProblemType(
        "access-file-incomplete",
        409,
        "Votre dossier n'est pas encore complet : nous vous écrivons dès qu'il l'est.",
        "Your file is not complete yet: we write to you as soon as it is.",
    ),
    e.FileFetchedError: ProblemType(
        "access-file-fetched",
        410,
        "Ce dossier a déjà été téléchargé ; il ne peut l'être qu'une fois. Demandez-en un nouveau.",
        "This file has been downloaded already, which works once. Ask for a new one.",
    ),
    e.FileExpiredError: ProblemType(
        "access-file-expired",
        410,
        "Ce dossier n'est plus disponible : il ne l'était que 7 jours. Demandez-en un nouveau.",
        "This file is no longer available: it was for 7 days. Ask for a new one.",
    ),
    e.NoExchangeError: ProblemType(
        "no-exchange",
        409,
        "Aucun échange de la file « protection des données » ne porte ce numéro.",
        "No exchange of the data protection queue has this number.",
    ),
    e.ReceiptDateError: ProblemType(
        "receipt-date",
        422,
        "Donnez le jour de réception : au plus 60 jours avant sa saisie, jamais après.",
        "Give the day of receipt: at most 60 days before it was noted, never after.",
    ),
    e.TrainingDateError: ProblemType(
        "training-date",
        422,
        "Le jour de la formation doit être passé, depuis moins d'un an, et suivre la dernière.",
        "The day of the training has to be past, within a year, and later than the last one.",
    ),
    e.UnknownZoneError: ProblemType(
        "unknown-zone",
        422,
        "Ce fuseau horaire n'existe pas.",
        "There is no such time zone.",
    ),
    e.MergeRefusedError: ProblemType(
        "merge-refused",
        409,
        "Ce compte est déjà fusionné, ou l'autre n'est pas un autre compte ouvert.",
        "This account is merged already, or the other one is not another open account.",
    ),
    SignInOverError: ProblemType(
        "sign-in-over",
        401,
        "Cette connexion a attendu trop longtemps. Redonnez votre mot de passe.",
        "This sign-in has waited too long. Give your password again.",
    ),
    CeremonyOverError: ProblemType(
        "ceremony-over",
        409,
        "Cette demande a expiré ou a déjà servi. Recommencez.",
        "This request has expired or has served already. Start again.",
    ),
    WrongPasskeyError: ProblemType(
        "invalid-passkey",
        401,
        "Cette clé d'accès n'est pas reconnue ici.",
        "This passkey is not recognised here.",
    ),
    PasskeysUnavailableError: ProblemType(
        "passkeys-unavailable",
        409,
        "Les clés d'accès demandent une adresse en https. Utilisez un code d'application.",
        "Passkeys need an https address. Use the code of an app.",
    ),
    e.ProposalOverError: ProblemType(
        "proposal-over",
        409,
        "Ce secret n'a pas été confirmé à temps. Recommencez avec un nouveau.",
        "This secret was not confirmed in time. Start again with a new one.",
    ),
    e.LastAuthenticatorError: ProblemType(
        "last-authenticator",
        409,
        "Le personnel garde toujours un second facteur : ajoutez-en un autre avant.",
        "Staff always keep a second factor: add another one first.",
    ),
    e.ResetOverError: ProblemType(
        "reset-over",
        409,
        "Personne n'a demandé cette réinitialisation dans les sept derniers jours.",
        "Nobody has asked for this reset within the last seven days.",
    ),
    e.ReturnTooEarlyError: ProblemType(
        "return-too-early",
        409,
        "Le délai de sécurité n'est pas écoulé. Le lien servira à la date que dit le message.",
        "The safety delay is not over. The link serves from the date in the letter on.",
    ),
    e.PasskeyCopiedError: ProblemType(
        "passkey-copied",
        401,
        "Cette clé d'accès semble avoir été copiée. Retirez-la et ajoutez-en une autre.",
        "This passkey seems to have been copied. Remove it and add another one.",
    ),
    e.NoAuthenticatorError: ProblemType(
        "no-authenticator",
        409,
        "Ce compte n'a pas de second facteur.",
        "This account has no second factor.",
    ),
    e.WrongCodeError: INVALID,
    e.CodeSpentError: INVALID,
    e.NotInvitedError: ProblemType(
        "not-invited",
        403,
        "Aucun compte n'est ouvert ici à cette connexion. Demandez une invitation à"
        " l'administration.",
        "No account here is open to this sign-in. Ask an administrator for an invitation.",
    ),
    ProviderAwayError: ProblemType(
        "provider-away",
        424,
        "Le fournisseur d'identité ne répond pas. Réessayez dans un instant, ou connectez-vous par"
        " mot de passe.",
        "The identity provider does not answer. Try again shortly, or sign in with a password.",
    ),
    ProviderRefusedError: ProblemType(
        "provider-refused",
        403,
        "Le fournisseur d'identité n'a pas confirmé cette connexion, ou elle a expiré."
        " Recommencez.",
        "The identity provider did not confirm this sign-in, or it has expired. Start again.",
    ),
    AlreadyServedError: ProblemType(
        "already-served",
        400,
        "Ce jeton a déjà servi.",
        "This token has served already.",
    ),
    WeakSignInError: ProblemType(
        "weak-sign-in",
        403,
        "Le fournisseur d'identité n'a pas confirmé une authentification forte. Reconnectez-vous"
        " chez lui avec votre second facteur.",
        "The identity provider did not confirm strong authentication. Sign in there again with your"
        " second factor.",
    ),
    e.NotBlockedError: ProblemType(
        "not-blocked",
        409,
        "Ce compte n'attend aucun accord.",
        "This account awaits no agreement.",
    ),
    e.TooLateError: ProblemType(
        "too-late",
        409,
        "Les 7 jours sont écoulés : les données de ce compte sont en cours de suppression.",
        "The 7 days are over: this account's data is being deleted.",
    ),
    e.GuardianLettersError: ProblemType(
        "guardian-letters",
        429,
        "Un message vient de partir. Attendez 10 minutes ; 5 messages au plus sont envoyés.",
        "A message has just gone out. Wait 10 minutes; 5 messages at most are sent.",
    ),
    e.AdultError: ProblemType(
        "adult",
        422,
        "Cette date de naissance est celle d'une personne majeure. Une erreur ? Écrivez-nous.",
        "This birth date is an adult's. Is something wrong? Write to us.",
    ),
    **DEMAND_PROBLEMS,
    e.BirthDateMissingError: INVALID,
    e.WeakPasswordError: INVALID,
    e.FileRefusedError: INVALID,
    e.WrongPasswordError: INVALID,
    e.LinkSpentError: INVALID_LINK,
    e.EmailJustChangedError: ProblemType(
        "email-just-changed",
        409,
        "Cette adresse vient de changer. Une semaine doit passer avant un nouveau changement.",
        "This address has just changed. A week must pass before it changes again.",
    ),
    e.UnknownAccountError: NOT_FOUND,
    e.UnknownRequestError: NOT_FOUND,
    e.UnknownRightsCaseError: NOT_FOUND,
    e.UnknownRecipientError: NOT_FOUND,
    e.UnknownStaffError: NOT_FOUND,
    e.LiveSessionClosedError: NOT_FOUND,
}
