"""A patient start: engines may still be coming up when a service does."""

from collections.abc import Awaitable, Callable
from typing import Final

from aiokafka.errors import KafkaConnectionError, KafkaError
from tenacity import AsyncRetrying, retry_if_exception, stop_after_delay, wait_exponential

from shared.database import PyMongoError

DEADLINE_SECONDS: Final = 60


async def patiently(step: Callable[[], Awaitable[object]]) -> None:
    """Repeat `step` while an engine is still coming up, for at most a minute.

    Raises:
        KafkaError: Kafka did not come up in time, or refused for good.
        PyMongoError: MongoDB did not come up in time.
    """
    async for attempt in AsyncRetrying(
        retry=retry_if_exception(_is_passing),
        stop=stop_after_delay(DEADLINE_SECONDS),
        wait=wait_exponential(multiplier=0.1, max=2),
        reraise=True,
    ):
        with attempt:
            await step()


def _is_passing(error: BaseException) -> bool:
    if isinstance(error, KafkaError):
        return isinstance(error, KafkaConnectionError) or bool(error.retriable)
    return isinstance(error, PyMongoError)
