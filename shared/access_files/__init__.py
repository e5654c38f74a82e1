"""A file of everything held about a person, to which every service contributes a part (C8.1)."""

from shared.access_files.compose import copied, facts_of, values_of
from shared.access_files.model import (
    AccessPart,
    Contribute,
    Contribution,
    PartAttachment,
    PartFact,
    PartReading,
    PartRecipients,
    PartTerm,
    PartValue,
)
from shared.access_files.parts import AccessParts, PartGoneError
from shared.topics import SERVICES

CONTRIBUTORS = tuple(sorted(SERVICES))
"""Services that owe a part of every access file: a file without one of them is never complete."""

__all__ = [
    "CONTRIBUTORS",
    "AccessPart",
    "AccessParts",
    "Contribute",
    "Contribution",
    "PartAttachment",
    "PartFact",
    "PartGoneError",
    "PartReading",
    "PartRecipients",
    "PartTerm",
    "PartValue",
    "copied",
    "facts_of",
    "values_of",
]
