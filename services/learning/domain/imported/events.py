"""What happened to a learning record from another platform, as this service stores it."""

from datetime import datetime
from typing import Annotated

from shared.events.base import DomainEvent, Identifier, SubjectId
from shared.personal import Category, Personal, PersonalField


class RecordImported(DomainEvent):
    """The learner brought a record along, or a later state of it; it attests nothing here."""

    learner_id: SubjectId
    import_id: Identifier
    record: Annotated[Personal[str], PersonalField(Category.LEARNING_HISTORY, object="import_id")]
    """The record and where it is from, as JSON (`shared.portability.file.Imported`)."""
    imported_at: datetime


ImportedEvent = RecordImported
