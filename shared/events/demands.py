"""What facts about official demands have in common, and what each service tells of its part (C6.2).

A demand stands in the place of a person: what is sealed of it has a key of its own, so that nothing
about it lies among the data of those it is about while the law forbids that they know.
"""

from datetime import date, datetime
from typing import Annotated, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict

from shared.events.base import ANY_SERVICE, Identifier, PublicEvent, SubjectId
from shared.personal import Category, Personal, PersonalField

DemandKind = Literal["judicial", "administrative", "tax", "cnil", "other"]
DemandAuthority = Literal[
    "court",
    "prosecutor",
    "police",
    "tax_administration",
    "cnil",
    "consumer_protection",
    "labour_inspectorate",
    "social_security",
    "other",
]
"""Who demands; which court or office of it, the file number tells."""
LegalArticle = Literal[
    "cpp-60-1",
    "cpp-77-1-1",
    "cpp-99-3",
    "cpc-145",
    "lpf-l81",
    "lpf-l10",
    "lil-19",
    "ccom-l450-3",
    "ct-l8113-5",
    "css-l114-19",
    "other",
]
"""On which article it rests: code de procédure pénale, code de procédure civile, livre des
procédures fiscales, loi informatique et libertés, code de commerce, du travail, de la sécurité
sociale; `other` is named by its reference."""
CheckedPoint = Literal["competent", "legal_basis", "named_scope", "necessary"]
"""What is checked of every demand before anything is looked for."""
ContestReason = Literal["bulk", "not_competent", "no_basis", "unclear_scope", "disproportionate"]
ContestForum = Literal["authority", "court", "cnil"]
"""To whom it is contested: who issued it, the judge, the supervisory authority."""
ContestResult = Literal["set_aside", "narrowed", "maintained"]
"""`maintained`: it has to be answered as it stands."""
Secrecy = Literal["none", "until", "open"]
"""Whether the law forbids telling the persons: no, until a date, or until it is said otherwise."""
DemandOutcome = Literal["disclosed", "refused", "not_possible", "set_aside", "withdrawn"]
EndReason = Literal["delivered", "declined", "replaced", "erased", "expired", "closed"]
"""Why what was to be disclosed is kept no more; `erased`: somebody's data in it was erased."""
WithheldReason = Literal["person", "others", "category", "date", "erased", "secret"]
"""Why a value is not disclosed: it is of somebody who was not asked for, says something about
others, is of a category or a time that was not asked for, has been erased, or is what a password is
checked against."""
DemandStage = Literal["half", "three_quarters", "overdue"]

DEMAND_KINDS: Final[tuple[DemandKind, ...]] = get_args(DemandKind)
CHECKED_POINTS: Final[tuple[CheckedPoint, ...]] = get_args(CheckedPoint)


CONTRIBUTORS: Final = frozenset({"consent", "identity", "learning", "notify"})
"""The services that hold values of people; a disclosure waits for the part of every one."""


class DemandScope(BaseModel):
    """Exactly what is demanded: whose data, of which categories, recorded when."""

    model_config = ConfigDict(frozen=True)

    persons: tuple[Identifier, ...]
    """None where nobody is named: a demand in bulk."""
    categories: tuple[Category, ...]
    since: date | None = None
    until: date | None = None
    """First and last day, in Paris, on which the data was recorded."""


class CategoryCount(BaseModel):
    """How many values of a category are disclosed of a person."""

    model_config = ConfigDict(frozen=True)

    person: Identifier
    category: Category
    count: int


class WithheldCount(CategoryCount):
    """How many values of a category are not disclosed of a person, and why."""

    reason: WithheldReason


class DisclosurePartComposed(PublicEvent):
    """A service has filtered what it holds by a demand's scope, and sealed what is within it.

    What is outside never leaves the service: others learn how much there is, and why it stays.
    """

    SERVICE = ANY_SERVICE

    subject_id: SubjectId
    """The demand, which has the key."""
    disclosure_id: Identifier
    service: Identifier
    content: Annotated[
        Personal[str] | None,
        PersonalField(Category.DEMAND, about="subject_id", object="disclosure_id"),
    ]
    """The values as compressed JSON, in Base64; none where they are too many for one part."""
    sha256: Identifier
    """Of the JSON."""
    size: int
    """Of the JSON, in bytes."""
    disclosed: tuple[CategoryCount, ...]
    withheld: tuple[WithheldCount, ...]
    composed_at: datetime
