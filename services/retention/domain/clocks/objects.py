"""What has a term of its own, for each category."""

from collections.abc import Mapping
from typing import Final, Literal

from shared.personal import Category

ObjectKind = Literal[
    "person",
    "minority",
    "enrolment",
    "invoice",
    "request",
    "recording",
    "month",
    "message",
    "file",
    "demand",
    "each",
]

OBJECT_KINDS: Final[Mapping[Category, ObjectKind]] = {
    Category.CIVIL_IDENTITY: "person",
    Category.CONTACT: "person",
    Category.CREDENTIALS: "person",
    Category.PROFILE: "person",
    Category.MINORITY: "minority",
    Category.LEARNING_HISTORY: "enrolment",
    Category.PAYMENT: "invoice",
    Category.SUPPORT: "request",
    Category.PROSPECT: "person",
    Category.RECORDING: "recording",
    Category.TECHNICAL_TRACES: "month",
    Category.DEAD_LETTERS: "month",
    Category.MAIL_CONTENT: "message",
    Category.DEMAND: "demand",
    Category.STAFF: "person",
    Category.ACCESS_FILE: "file",
}

ACCOUNT: Final = frozenset(
    {Category.CIVIL_IDENTITY, Category.CONTACT, Category.CREDENTIALS, Category.PROFILE}
)
"""What makes up an account."""
