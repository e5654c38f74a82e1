"""Every letter with invented data, for staff who look after what they say."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from services.notify.adapters.letters import Letters
from services.notify.adapters.samples import SAMPLES, recipient
from services.notify.domain.kinds import MessageClass, class_of
from shared.events.notify import MessageKind
from shared.http.problems import NOT_FOUND, ProblemError
from shared.words import Language


class SampleView(BaseModel):
    """One invented letter."""

    name: str
    """A kind, or a kind and which of the several things that it may tell."""
    kind: MessageKind
    of: MessageClass


class SamplesView(BaseModel):
    """All there are; every kind of letter is among them."""

    items: list[SampleView]


class SampleContent(SampleView):
    """What an invented letter says."""

    language: Language
    subject: str
    text: str
    html: str


def samples_router(letters: Letters) -> APIRouter:
    """Return the routes for staff."""
    routes = APIRouter(tags=["notify"])

    @routes.get("/samples")
    async def samples() -> SamplesView:
        """Return every invented letter there is, by name."""
        return SamplesView(
            items=[
                SampleView(name=name, kind=sample.kind, of=class_of(sample.kind))
                for name, sample in sorted(SAMPLES.items())
            ]
        )

    @routes.get("/samples/{sample}")
    async def one(
        sample: Annotated[str, Path(max_length=80)],
        language: Annotated[Language, Query()] = "fr",
    ) -> SampleContent:
        """Return what one invented letter says in one language, rendered as a real one is.

        Raises:
            ProblemError: there is none of that name.
        """
        found = SAMPLES.get(sample)
        if found is None:
            raise ProblemError(NOT_FOUND)
        content = letters.content(found.message(), recipient(language))
        return SampleContent(
            name=sample,
            kind=found.kind,
            of=class_of(found.kind),
            language=language,
            subject=content.subject,
            text=content.text,
            html=content.html,
        )

    return routes
