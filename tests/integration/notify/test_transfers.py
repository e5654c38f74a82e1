"""No mail leaves for a provider to whom no data may flow; it leaves once it may (C10.1)."""

from datetime import date
from typing import Final

import pytest

from services.notify.application.attempts import STOPPED_FOR
from shared.events.retention import ProcessorAgreed
from shared.processors.model import Guarantee, ProcessorTerms
from tests.integration.notify.conftest import START, PostOffice, Told, running
from tests.waiting import eventually

STREAM: Final = "processors"
SENDER: Final = ProcessorTerms(
    organisation="Exemple Inc",
    country="US",
    flows=("mail_out",),
    categories=("contact", "mail_content"),
    contract="C-1",
)


def agreed(until: date) -> ProcessorAgreed:
    """Return that clauses are signed with the sender, up to a day."""
    clauses = Guarantee(ground="standard_clauses", reference="SCC-1", valid_until=until)
    terms = SENDER.model_copy(update={"guarantee": clauses})
    return ProcessorAgreed(processor_id="mail-sender", terms=terms)


@pytest.mark.promise("C10.1")
async def test_mail_waits_while_no_data_may_flow_to_the_provider(
    world: Told,
    post_office: tuple[PostOffice, int],
    service_environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    del service_environment  # in force
    monkeypatch.setenv("CARIONEXIQ_SMTP_PROCESSOR", "mail-sender")
    async with running(world, post_office[0]) as notify:
        learner = await world.learner()
        waits = await notify.until_status(learner, "welcome", "queued")

        async def deferred() -> bool:
            (message,) = await notify.messages(learner)
            return bool(message["waiting_for"] == "transfer")

        await eventually(deferred)
        today = START.date()
        await world.tell(agreed(today), stream=STREAM, subject=STREAM)

        async def sent() -> bool:
            await notify.until_caught_up()
            notify.later(STOPPED_FOR)
            await notify.run("retries")
            (message,) = await notify.messages(learner)
            return bool(message["status"] == "sent")

        await eventually(sent)
        assert len(notify.post.taken) == 1
        assert waits["kind"] == "welcome"

        # The last day of the clauses is over, and the flow with it.
        notify.clock.move_to(START.replace(day=START.day + 1))
        other = await world.learner()
        await notify.until_status(other, "welcome", "queued")

        async def stopped() -> bool:
            return [one["waiting_for"] for one in await notify.messages(other)] == ["transfer"]

        await eventually(stopped)
        assert len(notify.post.taken) == 1
