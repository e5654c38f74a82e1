"""What the record says in words that nothing else in the system says."""

from typing import Final

from shared.personal import WITHOUT_TERM, Category
from shared.words import Text

_LEARNERS: Final = Text(fr="apprenants", en="learners")
_OTHERS: Final = {
    Category.MINORITY: Text(
        fr="apprenants mineurs et leurs représentants légaux",
        en="learners under age and their legal guardians",
    ),
    Category.CONTACT: Text(
        fr="apprenants et représentants légaux", en="learners and legal guardians"
    ),
    Category.SUPPORT: Text(
        fr="apprenants et personnes qui nous écrivent", en="learners and people who write to us"
    ),
    Category.PROSPECT: Text(fr="prospects", en="prospects"),
    Category.STAFF: Text(fr="personnel et intervenants", en="staff and external speakers"),
    Category.DEMAND: Text(
        fr="personnes que vise une autorité", en="persons whom an authority asks about"
    ),
    Category.TECHNICAL_TRACES: Text(
        fr="apprenants, personnel et visiteurs", en="learners, staff and visitors"
    ),
    Category.MAIL_CONTENT: Text(
        fr="apprenants, prospects et personnel", en="learners, prospects and staff"
    ),
    Category.DEAD_LETTERS: Text(
        fr="apprenants, prospects et personnel", en="learners, prospects and staff"
    ),
    Category.ACCESS_FILE: Text(fr="apprenants et prospects", en="learners and prospects"),
}
PERSONS: Final = {
    category: _OTHERS.get(category, _LEARNERS)
    for category in Category
    if category not in WITHOUT_TERM
}
"""Whom each category is about."""

SECURITY: Final = (
    Text(
        fr="chiffrement de chaque valeur sous une clé par personne, catégorie et objet (AES-256-GCM"
        "), effacement par destruction de la clé",
        en="each value encrypted under a key by person, category and object (AES-256-GCM), erased "
        "by destroying the key",
    ),
    Text(
        fr="TLS entre navigateur et serveurs, empreintes de mots de passe Argon2id, second facteur "
        "pour le personnel (C7.1 à C7.3)",
        en="TLS between browser and servers, passwords hashed by Argon2id, a second factor for "
        "staff (C7.1 to C7.3)",
    ),
    Text(
        fr="droits par rôle en une table, lectures consignées et surveillées (C4, C7.4)",
        en="rights by role in one table, readings recorded and watched (C4, C7.4)",
    ),
    Text(
        fr="sauvegardes quotidiennes chiffrées sur des sites distincts (C7.5)",
        en="daily encrypted backups at distinct sites (C7.5)",
    ),
    Text(
        fr="tests d’intrusion semestriels, formation annuelle du personnel (C7.6, C7.7)",
        en="penetration tests every six months, yearly training of staff (C7.6, C7.7)",
    ),
)
"""General description of the measures (GDPR art. 30(1)(g), art. 32)."""
