"""What is said of a penetration test: codes, and their words in both languages (C7.6).

The register is made of codes, days and file numbers alone, so that no name of a person and nothing
about how to get in ever comes into it: that stays in the firm's report.
"""

from collections.abc import Mapping
from typing import Final, Literal

from shared.words import Text

Scope = Literal["portal", "api", "staff_consoles", "infrastructure", "backups", "people"]
Weakness = Literal[
    "access_control",
    "authentication",
    "session",
    "injection",
    "cryptography",
    "configuration",
    "components",
    "logging",
    "phishing",
    "other",
]
Severity = Literal["critical", "high", "medium", "low"]
Outcome = Literal["fixed", "accepted"]

SCOPES: Final[Mapping[Scope, Text]] = {
    "portal": Text(fr="le portail", en="the portal"),
    "api": Text(fr="les interfaces pour programmes", en="the interfaces for programs"),
    "staff_consoles": Text(fr="les consoles du personnel", en="the staff's consoles"),
    "infrastructure": Text(fr="les machines et le réseau", en="machines and network"),
    "backups": Text(fr="les sauvegardes", en="backups"),
    "people": Text(fr="les personnes (hameçonnage)", en="people (phishing)"),
}
WEAKNESSES: Final[Mapping[Weakness, Text]] = {
    "access_control": Text(fr="contrôle d’accès", en="access control"),
    "authentication": Text(fr="authentification", en="authentication"),
    "session": Text(fr="sessions", en="sessions"),
    "injection": Text(fr="injection", en="injection"),
    "cryptography": Text(fr="cryptographie", en="cryptography"),
    "configuration": Text(fr="configuration", en="configuration"),
    "components": Text(fr="composants vulnérables", en="vulnerable components"),
    "logging": Text(fr="journaux et surveillance", en="logs and monitoring"),
    "phishing": Text(fr="hameçonnage", en="phishing"),
    "other": Text(fr="autre", en="other"),
}
SEVERITIES: Final[Mapping[Severity, Text]] = {
    "critical": Text(fr="critique", en="critical"),
    "high": Text(fr="élevée", en="high"),
    "medium": Text(fr="moyenne", en="medium"),
    "low": Text(fr="faible", en="low"),
}
OUTCOMES: Final[Mapping[Outcome, Text]] = {
    "fixed": Text(fr="corrigée", en="fixed"),
    "accepted": Text(fr="risque accepté", en="risk accepted"),
}
