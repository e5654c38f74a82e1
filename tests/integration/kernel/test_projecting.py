"""Projections: no batch is left because the database is unwell."""

from collections.abc import Sequence
from typing import Any

import pytest
from pymongo.errors import OperationFailure

from shared.consuming.projections import Projector
from tests.integration.kernel.conftest import Running
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
