"""What requests say of the circumstances of a decision."""

from typing import Annotated

from fastapi import Query, Request
from pydantic import BaseModel

from services.consent.application.handle import Circumstances
from services.consent.domain.events import Gesture, Place
from services.consent.domain.purposes import Language
from shared.events.base import Identifier
from shared.http.problems import language_of

Where = Annotated[Place, Query()]
"""Where a decision is taken, of a request without a body."""


class CircumstancesBody(BaseModel):
    """What was shown, where, and how the person said so."""

    language: Language | None = None
    """Language in which the text was shown; else that of the request."""
    text_version: Identifier | None = None
    """Version that was shown; else the one in force."""
    place: Place = "api"
    gesture: Gesture = "button"

    def seen(self, request: Request, explained: str | None = None) -> Circumstances:
        """Return the circumstances of `request`."""
        language = self.language or language_of(request)
        return Circumstances(language, self.place, self.gesture, self.text_version, explained)
