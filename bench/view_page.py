"""What decryption adds to reading a page of a hundred people: processor time in this process."""

from collections.abc import Awaitable, Callable
from time import process_time
from typing import Any, Final

from bench.rows import Row, at_most, p50
from bench.stage import Stage
from shared.consuming.read_model import ReadModel
from shared.personal import WHOLE, Category
from shared.vault import KeyId, Vault

PAGE: Final = 100
FIELDS: Final = ("first_name", "last_name")
READING: Final = "reading the page sealed"


async def measure(stage: Stage) -> list[Row]:
    """Measure a page whose keys are in memory, and one whose keys all have to be fetched."""
    async with stage.learning(running=False) as runtime:
        vault = runtime.kernel.vault
        collection = runtime.database.collection("people")
        learners = stage.facts().learners(stage.size(PAGE, 3))
        scopes = [KeyId(learner, Category.CIVIL_IDENTITY, WHOLE) for learner in learners]
        for scope in scopes:
            await collection.insert_one({"_id": scope.subject, **await _row(vault, scope)})
        people = ReadModel(collection)

        def forget_keys() -> None:
            for scope in scopes:
                vault.drop(scope)

        async def sealed() -> None:
            await people.find(limit=PAGE)

        async def opened() -> None:
            await vault.open_documents(await people.find(limit=PAGE))

        rounds = stage.size(60, 2)
        warm, bare = await stage.interleaved(rounds, _timed(opened), _timed(sealed))
        cold, bare_too = await stage.interleaved(
            rounds, _timed(opened, before=forget_keys), _timed(sealed)
        )
    return [
        _row_of("keys in memory", p50(warm), p50(bare)),
        _row_of("keys to be fetched", p50(cold), p50(bare_too)),
    ]


def _row_of(which: str, opened: float, sealed: float) -> Row:
    what = f"decrypting a page of {PAGE} rows of {len(FIELDS)} values, {which}: added"
    return Row(what, max(0.0, opened - sealed), "ms CPU", sealed, READING, at_most(5))


async def _row(vault: Vault, scope: KeyId) -> dict[str, Any]:
    return {
        field: (await vault.seal("Prénom ou nom", key_id=scope, field=field)).model_dump(
            mode="json"
        )
        for field in FIELDS
    }


def _timed(
    act: Callable[[], Awaitable[None]], *, before: Callable[[], None] = lambda: None
) -> Callable[[], Awaitable[list[float]]]:
    async def once() -> list[float]:
        before()
        began = process_time()
        await act()
        return [(process_time() - began) * 1_000]

    return once
