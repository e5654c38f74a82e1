"""The register of processors over HTTP: who works for us, on what that rests, until when."""

from datetime import date
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from services.retention.application.processors import Processors
from services.retention.domain.errors import (
    ProcessorKnownError,
    ProcessorNotFoundError,
    TransferRefusedError,
)
from services.retention.domain.processor.state import Processor
from shared.clock import Clock
from shared.event_store import Metadata
from shared.events.base import Identifier
from shared.http.auth import Caller
from shared.http.idempotency import Once
from shared.http.problems import NOT_FOUND, ProblemType
from shared.processors.model import ProcessorTerms
from shared.processors.rules import ends_soon, refusals

PROCESSOR_PROBLEMS: Final[dict[type[Exception], ProblemType]] = {
    ProcessorNotFoundError: NOT_FOUND,
    ProcessorKnownError: ProblemType(
        "processor-known",
        HTTPStatus.CONFLICT,
        "Un sous-traitant porte déjà cet identifiant : modifiez-le, ou choisissez-en un autre.",
        "A processor has this id already: amend it, or choose another id.",
    ),
    TransferRefusedError: ProblemType(
        "transfer-refused",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Refusé : hors de l’Union européenne il faut une garantie en cours, l’hébergement demande "
        "ISO 27001, le paiement PCI-DSS, et les enregistrements restent dans l’Union.",
        "Refused: outside the European Union a guarantee must be in force, hosting needs "
        "ISO 27001, payment PCI-DSS, and recordings stay in the Union.",
    ),
}


class ProcessorBody(BaseModel):
    """A processor to enter."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    processor_id: Identifier
    """How settings name it, such as `mail-sender`."""
    terms: ProcessorTerms


def processors_router(processors: Processors, clock: Clock) -> APIRouter:
    """Return the routes of the register."""
    router = APIRouter(tags=["processors"])

    @router.get("/processors")
    async def register() -> dict[str, Any]:
        """Return every processor with its terms, what is refused today and what ends soon."""
        day = clock.now().date()
        book = await processors.book()
        return {"items": [_shown(one, day, processors) for one in book.processors.values()]}

    @router.get("/recipients")
    async def recipients() -> dict[str, Any]:
        """Return who receives data for us now, as everybody may know (GDPR art. 13(1)(e), (f))."""
        return {
            "items": [
                {
                    "organisation": one.terms.organisation,
                    "country": one.terms.country,
                    "flows": one.terms.flows,
                    "categories": one.terms.categories,
                    "ground": one.terms.guarantee and one.terms.guarantee.ground,
                    "sub_processors": [
                        {"organisation": sub.organisation, "country": sub.country}
                        for sub in one.terms.sub_processors
                    ],
                }
                for one in (await processors.book()).current()
            ]
        }

    @router.post("/processors", status_code=201)
    async def declare(body: ProcessorBody, who: Caller, once: Once) -> dict[str, str]:
        """Enter a processor; refused where what is agreed may not flow."""
        meta = Metadata.by(who, once)
        await processors.declare(body.processor_id, body.terms, who.subject, meta)
        return {"processor_id": body.processor_id}

    @router.put("/processors/{processor_id}", status_code=204)
    async def amend(
        processor_id: Identifier, body: ProcessorTerms, who: Caller, once: Once
    ) -> None:
        """Note what is agreed with a processor from now on."""
        await processors.amend(processor_id, body, who.subject, Metadata.by(who, once))

    @router.delete("/processors/{processor_id}", status_code=204)
    async def end(processor_id: Identifier, who: Caller, once: Once) -> None:
        """Let nothing flow to a processor any more; its entry stays, with the day it ended."""
        await processors.end(processor_id, who.subject, Metadata.by(who, once))

    return router


def _shown(one: Processor, day: date, processors: Processors) -> dict[str, Any]:
    ended = one.ended_at is not None
    return {
        "processor_id": one.processor_id,
        "terms": one.terms.model_dump(mode="json"),
        "since": one.since,
        "changed_at": one.changed_at,
        "ended_at": one.ended_at,
        "refused": []
        if ended
        else [
            {"flow": flow, "reason": reason}
            for flow, reason in refusals(one.terms, day, processors.adequacy)
        ],
        "ends_soon": not ended and ends_soon(one.terms, day, processors.adequacy),
    }
