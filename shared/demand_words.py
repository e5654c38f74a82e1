"""What authorities, kinds and articles of official demands are called, in both languages."""

from collections.abc import Mapping
from typing import Final

from shared.events.demands import DemandAuthority, DemandKind, LegalArticle
from shared.words import Text

DEMAND_KINDS: Final[Mapping[DemandKind, Text]] = {
    "judicial": Text(fr="Réquisition judiciaire", en="Judicial requisition"),
    "administrative": Text(fr="Contrôle administratif", en="Administrative control"),
    "tax": Text(fr="Contrôle fiscal", en="Tax audit"),
    "cnil": Text(fr="Contrôle de la CNIL", en="Control by the CNIL"),
    "other": Text(fr="Autre demande", en="Other demand"),
}
DEMAND_AUTHORITIES: Final[Mapping[DemandAuthority, Text]] = {
    "court": Text(fr="une juridiction", en="a court"),
    "prosecutor": Text(fr="le parquet", en="the public prosecutor"),
    "police": Text(fr="la police ou la gendarmerie", en="the police"),
    "tax_administration": Text(fr="l’administration fiscale", en="the tax administration"),
    "cnil": Text(fr="la CNIL", en="the CNIL"),
    "consumer_protection": Text(fr="la DGCCRF", en="the consumer protection authority (DGCCRF)"),
    "labour_inspectorate": Text(fr="l’inspection du travail", en="the labour inspectorate"),
    "social_security": Text(fr="un organisme de sécurité sociale", en="a social security body"),
    "other": Text(fr="une autre autorité", en="another authority"),
}
LEGAL_ARTICLES: Final[Mapping[LegalArticle, Text]] = {
    "cpp-60-1": Text(
        fr="code de procédure pénale, art. 60-1 (flagrance)",
        en="code de procédure pénale, art. 60-1 (offence in progress)",
    ),
    "cpp-77-1-1": Text(
        fr="code de procédure pénale, art. 77-1-1 (enquête préliminaire)",
        en="code de procédure pénale, art. 77-1-1 (preliminary inquiry)",
    ),
    "cpp-99-3": Text(
        fr="code de procédure pénale, art. 99-3 (commission rogatoire)",
        en="code de procédure pénale, art. 99-3 (investigating judge)",
    ),
    "cpc-145": Text(
        fr="code de procédure civile, art. 145 (mesure d’instruction)",
        en="code de procédure civile, art. 145 (evidence before a trial)",
    ),
    "lpf-l81": Text(
        fr="livre des procédures fiscales, art. L. 81 (droit de communication)",
        en="livre des procédures fiscales, art. L. 81 (right to information)",
    ),
    "lpf-l10": Text(
        fr="livre des procédures fiscales, art. L. 10 (contrôle)",
        en="livre des procédures fiscales, art. L. 10 (audit)",
    ),
    "lil-19": Text(
        fr="loi informatique et libertés, art. 19 (contrôle de la CNIL)",
        en="loi informatique et libertés, art. 19 (control by the CNIL)",
    ),
    "ccom-l450-3": Text(
        fr="code de commerce, art. L. 450-3 (enquête de concurrence)",
        en="code de commerce, art. L. 450-3 (competition inquiry)",
    ),
    "ct-l8113-5": Text(
        fr="code du travail, art. L. 8113-5 (inspection du travail)",
        en="code du travail, art. L. 8113-5 (labour inspectorate)",
    ),
    "css-l114-19": Text(
        fr="code de la sécurité sociale, art. L. 114-19 (droit de communication)",
        en="code de la sécurité sociale, art. L. 114-19 (right to information)",
    ),
    "other": Text(fr="un autre texte", en="another provision"),
}
