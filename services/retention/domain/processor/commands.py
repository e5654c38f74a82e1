"""What can be asked of the register of processors."""

from dataclasses import dataclass
from datetime import datetime

from shared.processors.adequacy import Adequacy
from shared.processors.model import ProcessorTerms


@dataclass(frozen=True, slots=True)
class DeclareProcessor:
    """Enter a processor, or one that was ended anew."""

    processor_id: str
    terms: ProcessorTerms
    adequacy: Adequacy
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AmendProcessor:
    """Note what is agreed with a processor from now on."""

    processor_id: str
    terms: ProcessorTerms
    adequacy: Adequacy
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EndProcessor:
    """Let nothing flow to a processor any more."""

    processor_id: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FollowProcessors:
    """See whether something that was agreed ends soon, and is to be told."""

    adequacy: Adequacy
    at: datetime


ProcessorCommand = DeclareProcessor | AmendProcessor | EndProcessor | FollowProcessors
