"""The words of a certificate on paper, which has both languages."""

from typing import Final

from shared.words import Text

WORDS: Final = {
    "title": Text(fr="Certificat d'effacement", en="Certificate of erasure"),
    "what": Text(
        fr="Les données désignées ci-dessous ont été effacées de tous les services, sauvegardes "
        "comprises, par la destruction des clés qui les chiffraient. Ce document ne contient "
        "aucune donnée personnelle.",
        en="The data named below has been erased from every service, backups included, by "
        "destroying the keys it was encrypted with. This document holds no personal data.",
    ),
    "check": Text(
        fr="Ce fichier est signé (Ed25519) et contient le certificat en JSON. Pour le vérifier, "
        "même hors ligne : carionexiq verify-certificate FICHIER --key CLE.pem",
        en="This file is signed (Ed25519) and has the certificate in JSON inside. To verify it, "
        "offline too: carionexiq verify-certificate FILE --key KEY.pem",
    ),
    "certificate": Text(fr="Certificat", en="Certificate"),
    "subject": Text(fr="Identifiant de la personne", en="Id of the person"),
    "reason": Text(fr="Motif", en="Reason"),
    "mode": Text(fr="Ce qui a été fait", en="What was done"),
    "rules": Text(fr="Règles", en="Rules"),
    "services": Text(fr="Enregistrements par service", en="Records by service"),
    "due": Text(fr="Échéance", en="Due"),
    "disabled": Text(fr="Illisible depuis", en="Unreadable since"),
    "destroyed": Text(fr="Clés détruites", en="Keys destroyed"),
    "verified": Text(fr="Vérifié", en="Verified"),
    "issued": Text(fr="Délivré", en="Issued"),
    "category": Text(fr="Catégorie", en="Category"),
    "object": Text(fr="Objet", en="Object"),
    "whole": Text(fr="toute la catégorie", en="the whole category"),
    "entry": Text(fr="Entrée au registre", en="Entry in the ledger"),
    "searched": Text(fr="Recherche par", en="Searched by"),
    "looked_at": Text(
        fr="Ce qui a été parcouru, sans rien trouver", en="What was looked at, finding nothing"
    ),
    "documents": Text(fr="documents", en="documents"),
    "records": Text(fr="messages", en="records"),
    "files": Text(fr="fichiers", en="files"),
    "values": Text(fr="valeurs recherchées", en="values searched for"),
    "attempts": Text(fr="tentatives de lecture, toutes vaines", en="attempts to open, all failed"),
    "left_out": Text(fr="trop courtes pour être cherchées", en="too short to search for"),
    "withheld": Text(fr="Conservé par la loi", en="Kept by law"),
}
REASONS: Final = {
    "term": Text(fr="échéance", en="end of the term"),
    "request": Text(fr="demande de la personne", en="the person's request"),
    "minor": Text(fr="mineur sans autorisation", en="minor without authorisation"),
    "consent_withdrawn": Text(fr="consentement retiré", en="consent withdrawn"),
    "restored": Text(
        fr="rejoué depuis le registre après une restauration",
        en="carried out again from the ledger after a restore",
    ),
}
MODES: Final = {
    "deleted": Text(fr="supprimé", en="deleted"),
    "anonymised": Text(fr="anonymisé", en="anonymised"),
}
