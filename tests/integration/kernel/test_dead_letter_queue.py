"""Dead letters can be looked at without their content, and sent back once the cause is mended."""

from shared.consuming.dead_letter_queue import list_dead_letters, replay_dead_letters
from tests.integration.kernel.conftest import Running, read_topic
from tests.waiting import eventually


async def test_a_replayed_dead_letter_takes_effect_once_its_cause_is_mended(
    running: Running,
) -> None:
    running.sample.failing.add("subject-1")
    await running.register("subject-1")
    await read_topic(running.settings, "identity.dlq", 1)
    (letter,) = await list_dead_letters(running.settings, "identity")
    assert letter.event_type == "com.carionexiq.LearnerRegistered.v1"
    assert letter.reason == "greet: PermanentFailureError"
    assert "Canari" not in letter.model_dump_json()
    running.sample.failing.clear()
    assert await replay_dead_letters(running.settings, "identity", {"9/9"}) == 0
    assert await replay_dead_letters(running.settings, "identity", {letter.place}) == 1

    async def took_effect() -> bool:
        return await running.greetings("subject-1") == 1

    await eventually(took_effect)
