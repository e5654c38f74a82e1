"""What every service says of its part of an access file (C8.1; GDPR art. 15)."""

from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from shared.events.base import ANY_SERVICE, Identifier, PublicEvent, SubjectId

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 in lower-case hexadecimal."""


class AccessPartMade(PublicEvent):
    """One service has sealed what it holds of a person, as its part of an access file.

    Every service publishes it on its own topic; the part itself stays in the service.
    """

    SERVICE = ANY_SERVICE

    subject_id: SubjectId
    file_id: Identifier
    service: Identifier
    made_at: datetime
    values: int
    """How many values and facts the part tells."""
    size: int
    """In bytes, before it was sealed."""
    sha256: Digest
    """Of the part before it was sealed."""
