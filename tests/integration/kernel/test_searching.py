"""One pass over everything serves many cases; what opens is told; a restart loses no order."""

from datetime import UTC, datetime

import pytest

from shared.consuming.envelope import Envelope
from shared.events.base import SubjectId
from shared.events.erasure import Found, KeyScope, StoresSearched
from shared.events.retention import VerificationOrdered
from shared.ids import new_id
from shared.personal import Category, Personal
from shared.searching.canaries import CanaryStore
from shared.searching.verifier import Verifier
from tests.envelopes import enveloped
from tests.integration.kernel.conftest import Running
from tests.waiting import eventually

CASES = 100
SCOPE = KeyScope(category=Category.CIVIL_IDENTITY)


def order(case_id: str, subject: str = "subject-1") -> Envelope:
    """Return the order to verify a case, as the bus brings it."""
    data = VerificationOrdered(
        case_id=case_id, subject_id=SubjectId(subject), scopes=(SCOPE,), round=1
    )
    return enveloped(
        data,
        subject=subject,
        at=datetime(2026, 1, 1, tzinfo=UTC),
        stream=f"case-{case_id}",
        event_id=new_id(),
    )


async def report(running: Running, case_id: str) -> StoresSearched:
    """Return what was found for a case, waiting for it."""

    async def there() -> bool:
        return bool(await running.store.load(f"search-{case_id}-1"))

    await eventually(there)
    event = (await running.store.load(f"search-{case_id}-1"))[0].event
    assert isinstance(event, StoresSearched)
    return event


@pytest.mark.promise("C8.4")
async def test_many_cases_share_one_pass_over_the_stores(running: Running) -> None:
    canaries: CanaryStore = running.kernel.canaries
    for number in range(CASES):
        await canaries.keep(
            f"case-{number}",
            "identity",
            [(Category.CIVIL_IDENTITY, Personal(f"Canarienom{number:03d}"))],
        )
    await running.database.collection("leak").insert_one({"names": ["canarienom007"]})
    verifier = Verifier(
        "identity",
        running.database,
        running.store,
        running.vault,
        canaries,
        running.runtime.verifier.places,
        every=0,
    )
    for number in range(CASES):
        await verifier.order(order(f"case-{number}", f"subject-{number}"))
    assert verifier.busy
    assert await verifier.search()
    assert verifier.passes == 1
    assert not await verifier.search()
    found = [(await report(running, f"case-{number}")).found for number in range(CASES)]
    assert found.pop(7) == (Found(place="mongodb:identity.leak", how="plain", count=1),)
    assert set(found) == {()}


@pytest.mark.promise("C8.4")
async def test_what_can_still_be_opened_is_told_with_its_place(running: Running) -> None:
    await running.register("subject-1")
    await running.runtime.verifier.order(order("case-1"))
    told = await report(running, "case-1")
    places = {one.place for one in told.found if one.how == "opens"}
    assert "mongodb:identity.commits" in places
    assert told.searched.attempts > 0


async def test_an_order_that_comes_again_is_answered_with_what_was_found(running: Running) -> None:
    verifier = running.runtime.verifier
    await verifier.order(order("case-1"))
    first = await report(running, "case-1")
    passes = verifier.passes
    await verifier.order(order("case-1"))
    assert await report(running, "case-1") == first
    assert verifier.passes == passes


async def test_an_order_that_was_noted_before_a_restart_is_carried_out(running: Running) -> None:
    noted = Verifier(
        "identity",
        running.database,
        running.store,
        running.vault,
        running.kernel.canaries,
        (),
        every=0,
    )
    await noted.order(order("case-1"))
    # The process that noted it is gone; the one that runs looks again with the next order.
    await running.runtime.verifier.order(order("case-2"))
    assert (await report(running, "case-1")).case_id == "case-1"
