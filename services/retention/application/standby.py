"""One retention process decides at a time; another one stands by until it may."""

from typing import Final

from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_fixed

from services.retention.adapters.ledger_writer import AnotherWriterError, LedgerWriter
from shared import telemetry
from shared.settings import ConfigurationError

LOOKS_EVERY_SECONDS: Final = 0.5
PATIENCE_SECONDS: Final = 60

log = telemetry.logger(__name__)


async def stand_by(writer: LedgerWriter, *, patience: float = PATIENCE_SECONDS) -> None:
    """Return once this process alone writes the ledger, places holds and destroys keys.

    Raises:
        ConfigurationError: another process has done so for `patience` seconds; whoever keeps
            processes running starts this one again.
    """
    try:
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(AnotherWriterError),
            stop=stop_after_delay(patience),
            wait=wait_fixed(LOOKS_EVERY_SECONDS),
            reraise=True,
        ):
            with attempt:
                if attempt.retry_state.attempt_number == 2:  # noqa: PLR2004 - said once
                    log.info("standing by: another process writes the ledger")
                writer.claim()
    except AnotherWriterError:
        raise ConfigurationError(
            "CARIONEXIQ_DATA_DIR: another retention process writes the ledger there"
        ) from None
