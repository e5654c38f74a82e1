"""A session that ended is over at every service, though its tokens live on."""

from datetime import timedelta

import pytest
from aiokafka import AIOKafkaProducer

from shared.clock import SystemClock
from shared.consuming.envelope import encode
from shared.event_store import Metadata, RecordedEvent
from shared.events.base import SubjectId
from shared.events.identity import StaffLoggedOut
from shared.http.auth import Role
from shared.ids import new_id
from shared.settings import Settings
from tests.callers import Callers
from tests.integration.kernel.conftest import Running, run_sample
from tests.waiting import eventually

WHO = SubjectId("staff-1")


async def _tell(settings: Settings, producer: AIOKafkaProducer, event: StaffLoggedOut) -> None:
    record = RecordedEvent(
        id=new_id(),
        stream=f"staff-{WHO}",
        version=1,
        subject=WHO,
        at=SystemClock().now(),
        event=event,
        meta=Metadata.system("test"),
    )
    key, value, headers = encode("identity", record, event, None)
    topic = settings.namespace + "identity.events"
    await producer.send_and_wait(topic, value, key=key, headers=headers)


async def _code(service: Running, token: str) -> str | None:
    """Return why the service refuses `token`, if it does."""
    headers = {"Authorization": f"Bearer {token}"}
    answer = await service.client.get("/ops/flow?ask_broker=false", headers=headers)
    return None if answer.is_success else str(answer.json()["code"])


@pytest.mark.promise("C8.4", "C7.4")
async def test_a_session_that_ended_is_refused_also_by_a_process_that_starts_afterwards(
    kernel_settings: Settings, monkeypatch: pytest.MonkeyPatch, producer: AIOKafkaProducer
) -> None:
    callers = Callers(kernel_settings.secrets_dir, SystemClock())
    since = SystemClock().now() - timedelta(hours=1)
    async with run_sample(kernel_settings, monkeypatch, name="consent") as consent:
        mine = callers.token("consent", WHO, Role.ADMINISTRATOR, since=since)
        others = callers.token("consent", "staff-2", Role.ADMINISTRATOR, since=since)
        assert await _code(consent, mine) is None
        await _tell(kernel_settings, producer, StaffLoggedOut(staff_id=WHO, everywhere=True))

        async def refused() -> bool:
            return await _code(consent, mine) == "session-ended"

        await eventually(refused)
        assert await _code(consent, others) is None
        anew = callers.token("consent", WHO, Role.ADMINISTRATOR)
        assert await _code(consent, anew) is None
    async with run_sample(kernel_settings, monkeypatch, name="notify") as notify:
        late = callers.token("notify", WHO, Role.ADMINISTRATOR, since=since)

        async def refused_there() -> bool:
            return await _code(notify, late) == "session-ended"

        await eventually(refused_there)
