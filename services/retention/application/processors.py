"""Keeping the register of processors, and declaring at a first start what a file names."""

from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from yaml import YAMLError

from services.retention.domain.errors import TransferRefusedError
from services.retention.domain.processor.commands import (
    AmendProcessor,
    DeclareProcessor,
    EndProcessor,
    FollowProcessors,
    ProcessorCommand,
)
from services.retention.domain.processor.decide import decide
from services.retention.domain.processor.events import ProcessorEvent
from services.retention.domain.processor.evolve import evolve
from services.retention.domain.processor.state import ProcessorBook
from shared.clock import Clock
from shared.command_handler import CommandHandler
from shared.event_store import EventStore, Metadata
from shared.events.base import Identifier, SubjectId
from shared.processors.adequacy import Adequacy, adequacy_decisions
from shared.processors.model import ProcessorTerms
from shared.settings import ConfigurationError
from shared.yaml_text import parsed

STREAM: Final = "processors"
NOBODY: Final = SubjectId(STREAM)
"""The register is about no person."""
BY_FILE: Final = "processors-file"
_DECLARED: Final[TypeAdapter[dict[str, ProcessorTerms]]] = TypeAdapter(
    dict[Identifier, ProcessorTerms]
)


class Processors:
    """The register: a few processors, so that one stream holds it whole."""

    def __init__(self, store: EventStore, clock: Clock) -> None:
        self._clock = clock
        self._handler: CommandHandler[ProcessorCommand, ProcessorBook, ProcessorEvent] = (
            CommandHandler(store, initial=ProcessorBook(), decide=decide, evolve=evolve)
        )

    @property
    def adequacy(self) -> Adequacy:
        """The adequacy decisions that are known."""
        return adequacy_decisions()

    async def book(self) -> ProcessorBook:
        """Return the register as it is now."""
        return (await self._handler.state(STREAM))[0]

    async def declare(
        self, processor_id: str, terms: ProcessorTerms, by: str, meta: Metadata
    ) -> None:
        """Enter a processor.

        Raises:
            RetentionError: what `decide` raises.
        """
        now = self._clock.now()
        await self._act(DeclareProcessor(processor_id, terms, self.adequacy, by, now), meta)

    async def amend(
        self, processor_id: str, terms: ProcessorTerms, by: str, meta: Metadata
    ) -> None:
        """Note what is agreed from now on.

        Raises:
            RetentionError: what `decide` raises.
        """
        now = self._clock.now()
        await self._act(AmendProcessor(processor_id, terms, self.adequacy, by, now), meta)

    async def end(self, processor_id: str, by: str, meta: Metadata) -> None:
        """Let nothing flow to a processor any more.

        Raises:
            ProcessorNotFoundError: there is none.
        """
        await self._act(EndProcessor(processor_id, by, self._clock.now()), meta)

    async def remind(self) -> int:
        """Note what ends soon, once for each of the days ahead; return how much that was."""
        command = FollowProcessors(self.adequacy, self._clock.now())
        commit = await self._handler.handle(
            STREAM, command, subject=NOBODY, meta=Metadata.system("sweep")
        )
        return len(commit.event_ids)

    async def begin_with(self, file: Path | None) -> None:
        """Declare what `file` names while the register is empty; later the register alone counts.

        Raises:
            ConfigurationError: it cannot be read, or names what would be refused.
        """
        if file is None or (await self.book()).processors:
            return
        for processor_id, terms in declared_in(file).items():
            try:
                await self.declare(processor_id, terms, BY_FILE, Metadata.system(BY_FILE))
            except TransferRefusedError as refused:
                raise ConfigurationError(
                    f"CARIONEXIQ_PROCESSORS_FILE: {processor_id}: {refused}"
                ) from refused

    async def _act(self, command: ProcessorCommand, meta: Metadata) -> None:
        await self._handler.handle(STREAM, command, subject=NOBODY, meta=meta)


def declared_in(file: Path) -> dict[str, ProcessorTerms]:
    """Return the processors that `file` (YAML) names, by id.

    Raises:
        ConfigurationError: it cannot be read; the message says where it is wrong.
    """
    try:
        found: Any = parsed(file.read_text(encoding="utf-8"))
        return _DECLARED.validate_python(found)
    except OSError as error:
        why = error.strerror or "it cannot be read"
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        why = f"{'.'.join(str(one) for one in first['loc'])}: {first['msg']}"
    except YAMLError:
        why = "not YAML"
    raise ConfigurationError(f"CARIONEXIQ_PROCESSORS_FILE: {file.name}: {why}")
