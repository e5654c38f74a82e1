"""Compartments by cryptography: a process with billing's keys on learning's events (C4.2)."""

import asyncio
import json
import os
from tempfile import TemporaryFile
from typing import Any

import pytest

from tests.forks import forks
from tests.integration.learning.conftest import Running


@pytest.mark.promise("C4.2")
async def test_billings_process_opens_payments_and_no_learning_whatever_it_tries(
    learning: Running,
) -> None:
    learner = await learning.open_account()
    ids = await learning.enrol(learner)
    await learning.complete(learner, ids["enrolment_id"])
    pay = f"/me/invoices/{ids['invoice_id']}/payment"
    paid = await learning.ask("POST", pay, who=learner, json={"method": "card"})
    assert paid.status_code == 200

    # The environment is the service's own: only the keyring differs.
    with TemporaryFile() as printed:
        program = ["tests.integration.learning.billing_process", learner]
        process = forks().start(program, os.environ, stdin=printed, stdout=printed, stderr=2)
        assert await asyncio.to_thread(process.wait, 60) == 0
        printed.seek(0)
        found: dict[str, Any] = json.loads(printed.read())
    assert found["opened"].keys() == {"payment"}
    assert found["closed"]["learning_history"] > 10
    assert "payment" not in found["closed"]
    assert found["refused"] == found["asked"] > 0
    assert found["wrapped"]["learning_history"] >= 1
    # It opens by force what it may: that shows that forcing was tried in the right way.
    assert found["by_force"].keys() == {"payment"}
    assert found["by_force"]["payment"] >= found["wrapped"]["payment"]
