"""The officer is told of late backups and of mail that waits after a restore, until it is over."""

from datetime import timedelta

import pytest

from shared.events import notify
from shared.events.base import SubjectId
from shared.stores import Stores
from tests.integration.retention.conftest import START, World
from tests.waiting import eventually

WHO = SubjectId("learner-1")
DAY = timedelta(days=1)


async def alarms(world: World, *kinds: str) -> None:
    """Wait until exactly these alarms stand."""

    async def stand() -> bool:
        await world.sweep()
        found = (await world.get("/alarms"))["items"]
        return sorted(one["kind"] for one in found) == sorted(kinds)

    await eventually(stand)
    assert (await world.get("/status"))["open_alarms"] == len(kinds)


@pytest.mark.promise("C7.5")
async def test_late_backups_and_messages_set_aside_are_alarms_that_end_by_themselves(
    world: World,
) -> None:
    await alarms(world)
    with Stores(world.settings.mongodb_uri, world.settings.namespace) as stores:
        stores.note_backup(START, 24, whole=False)
        world.clock.move_to(START + 2 * DAY)
        await alarms(world)
        world.clock.move_to(START + 2 * DAY + timedelta(minutes=1))
        await alarms(world, "backup_late")
        assert (await world.sweep())["alarms"] == 0, "told once"
        stores.note_backup(world.clock.now(), 24, whole=False)
        await alarms(world, "backup_late")

        for message in ("message-1", "message-2"):
            told = notify.MessageSetAside(subject_id=WHO, message_id=message)
            await world.tell(WHO, told, stream=message)
        await alarms(world, "backup_late", "messages_set_aside")
        stores.note_backup(world.clock.now(), 24, whole=True)
        await alarms(world, "messages_set_aside")
        released = notify.MessageReleased(subject_id=WHO, message_id="message-1")
        await world.tell(WHO, released, stream="message-1")
        await alarms(world, "messages_set_aside")
        discarded = notify.MessageSuppressed(
            subject_id=WHO, message_id="message-2", kind="reminder", reason="sent_before"
        )
        await world.tell(WHO, discarded, stream="message-2")
        await alarms(world)
