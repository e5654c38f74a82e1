"""Recordings on other machines stay with the processor that the register names (C10.2)."""

import pytest

from shared.events.retention import ProcessorAgreed
from shared.http.auth import Role
from shared.processors.model import ProcessorTerms
from tests.integration.learning.conftest import Running
from tests.waiting import eventually


@pytest.mark.promise("C10.2")
async def test_a_recording_elsewhere_is_refused_until_the_register_allows_it(
    learning: Running,
) -> None:
    learner = await learning.open_account()
    enrolment = await learning.enrol(learner)
    await learning.settled("enrolments", enrolment["enrolment_id"], status="running")
    await learning.assign("somebody")
    body = {"learner_id": learner, "title": "Séance", "location": "https://video.test/1"}
    refused = await learning.ask("POST", "/recordings", role=Role.TRAINER, json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "recording-place")

    terms = ProcessorTerms(
        organisation="Visio GmbH",
        country="DE",
        flows=("recordings",),
        categories=("recording",),
        contract="C-1",
    )
    fact = ProcessorAgreed(processor_id="video-tool", terms=terms)
    await learning.outside.publish("retention", "processors", fact)

    async def recorded() -> bool:
        answer = await learning.ask("POST", "/recordings", role=Role.TRAINER, json=body)
        return bool(answer.status_code == 201)

    await eventually(recorded)
