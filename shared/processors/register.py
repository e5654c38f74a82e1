"""The register as each service knows it: a read model of its own, folded from retention's facts."""

from collections.abc import Iterable

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projection
from shared.database import Document
from shared.events.retention import ProcessorAgreed, ProcessorEnded


class ProcessorRegister(Projection):
    """One document for each processor, as it was last agreed with."""

    name = "processors"
    topics = ("retention.events",)

    def keys(self, envelope: Envelope) -> Iterable[str]:
        """Return the processor the event is about."""
        match envelope.data:
            case ProcessorAgreed(processor_id=processor) | ProcessorEnded(processor_id=processor):
                return (processor,)
            case _:
                return ()

    def fold(self, document: Document | None, envelope: Envelope) -> Document | None:
        """Return the processor after the event."""
        match envelope.data:
            case ProcessorAgreed(terms=terms):
                return {"terms": terms.model_dump(mode="json"), "ended": False}
            case ProcessorEnded() if document is not None:
                return {**document, "ended": True}
            case _:
                return document
