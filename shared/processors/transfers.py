"""Asking the register at the point of use, before data leaves (C10.1)."""

import time
from datetime import date
from typing import Final

from shared.clock import Clock
from shared.consuming.read_model import ReadModel
from shared.processors.adequacy import adequacy_decisions
from shared.processors.model import Flow, ProcessorTerms
from shared.processors.rules import Refusal, why_not

KNOWN_FOR_SECONDS: Final = 1.0
"""How long what was read counts: a flow of thousands of mails does not read for each."""


class Transfers:
    """Tells whether data may flow to the processor that a setting names."""

    def __init__(self, register: ReadModel, clock: Clock) -> None:
        self._register = register
        self._clock = clock
        self._known: dict[str, tuple[float, ProcessorTerms | None]] = {}

    async def why_not(self, flow: Flow, processor: str | None) -> Refusal | None:
        """Return why `flow` may not take place now, or `None`.

        Without a `processor` nothing leaves this machine: settings see to it that none is missing.
        """
        if processor is None:
            return None
        day: date = self._clock.now().date()
        return why_not(await self._terms(processor), flow, day, adequacy_decisions())

    async def _terms(self, processor: str) -> ProcessorTerms | None:
        read_at, terms = self._known.get(processor, (None, None))
        now = time.monotonic()
        if read_at is None or now - read_at > KNOWN_FOR_SECONDS:
            found = await self._register.get(processor)
            terms = (
                None
                if found is None or found["ended"]
                else ProcessorTerms.model_validate(found["terms"])
            )
            self._known[processor] = now, terms
        return terms
