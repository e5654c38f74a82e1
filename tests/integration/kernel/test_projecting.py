"""Projections: no batch is left because the database is unwell."""

from collections.abc import Sequence
from typing import Any

import pytest
from pymongo.errors import OperationFailure

from shared.consuming.envelope import Envelope
from shared.consuming.projections import Projector
from shared.database import Document
from shared.events.base import SubjectId
from shared.events.identity import LearnerLoggedIn
from tests.integration.kernel.conftest import META, Running
from tests.integration.kernel.sample import People, SignedIn
from tests.waiting import eventually


async def test_a_batch_that_the_database_refused_is_folded_once_it_is_well(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    fold = Projector._fold_once
    refused: list[Sequence[Any]] = []

    async def unwell(self: Projector, projection: Any, envelopes: Any) -> None:
        if len(refused) < 2:
            refused.append(envelopes)
            raise OperationFailure("internal server error", code=1)
        await fold(self, projection, envelopes)

    monkeypatch.setattr(Projector, "_fold_once", unwell)
    await running.register("subject-1")

    async def there() -> bool:
        return bool(await running.person("subject-1"))

    await eventually(there)
    assert len(refused) == 2


@pytest.mark.parametrize(
    "unstorable",
    [2**70, {"a\0b": 1}, "x" * (17 * 2**20), "\ud800", object()],
    ids=["number too large", "name with NUL", "document too large", "half a character", "no type"],
)
async def test_an_event_after_which_a_document_cannot_be_stored_holds_up_nobody(
    running: Running, monkeypatch: pytest.MonkeyPatch, unstorable: object
) -> None:
    fold = People.fold

    def poisoned(self: People, document: Document | None, envelope: Envelope) -> Document | None:
        folded = fold(self, document, envelope)
        if envelope.subject == "subject-1" and isinstance(envelope.data, LearnerLoggedIn):
            return {**(folded or {}), "poison": unstorable}
        return folded

    monkeypatch.setattr(People, "fold", poisoned)
    for subject in (SubjectId("subject-1"), SubjectId("subject-2")):
        await running.register(subject)
        signed_in = SignedIn(learner_id=subject)
        stream = f"learner-{subject}"
        await running.store.append(stream, 1, [signed_in], subject=subject, meta=META)

    async def through() -> bool:
        flow = await running.client.get("/ops/flow", headers=running.headers())
        buried: bool = flow.json()["dead_letters"] == 1
        return buried and (await running.person("subject-2")).get("logins") == 1

    await eventually(through)
    assert await running.person("subject-1") == {"first_name": "Canari", "logins": 0}
