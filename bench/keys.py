"""Data keys: what a tombstone costs a reader who has to fetch a key, and destroying many."""

from collections.abc import Iterator, Sequence
from time import perf_counter
from typing import Final

from bench.rows import Row, p50, ratio_at_least, ratio_at_most
from bench.stage import Stage
from shared.personal import WHOLE, Category
from shared.vault import KeyId, Vault

AT_ONCE: Final = 20
"""Keys of one case."""


async def measure(stage: Stage) -> list[Row]:
    """Measure fetching a key beside the bare query, and batches beside single keys."""
    async with stage.learning(running=False) as runtime, stage.bare() as bare:
        vault = runtime.kernel.vault
        rounds = stage.size(40, 2)
        turn = stage.size(10, 2)
        fetched = await _keys(vault, stage.size(200, 4), "fetched")
        documents = bare.database("bare").collection("keys")
        await documents.insert_many(
            [{"_id": key_id.text(), "wrapped": b"0" * 60} for key_id in fetched]
        )

        async def fetch() -> list[float]:
            return [await _fetched(vault, key_id) for key_id in fetched[:turn]]

        async def query() -> list[float]:
            samples = []
            for key_id in fetched[:turn]:
                began = perf_counter()
                await documents.find({"_id": {"$in": [key_id.text()]}}).to_list(1)
                samples.append(_ms(began))
            return samples

        misses, queries = await stage.interleaved(rounds, fetch, query)

        many = _cases(await _keys(vault, rounds * AT_ONCE, "many"))
        single = _cases(await _keys(vault, rounds * AT_ONCE, "single"))

        async def together() -> list[float]:
            began = perf_counter()
            await vault.destroy(*next(many))
            return [_ms(began) / AT_ONCE]

        async def one_by_one() -> list[float]:
            began = perf_counter()
            for key_id in next(single):
                await vault.destroy(key_id)
            return [_ms(began) / AT_ONCE]

        batches, singles = await stage.interleaved(rounds, together, one_by_one)
    per_second = 1_000 / p50(batches)
    return [
        Row(
            "fetching a key, tombstone looked at and key unwrapped, p50",
            p50(misses),
            "ms",
            p50(queries),
            "one query for the key",
            ratio_at_most(3),
        ),
        Row(
            f"keys destroyed, {AT_ONCE} at once",
            per_second,
            "/s",
            1_000 / p50(singles),
            "one by one",
            ratio_at_least(2),
        ),
    ]


async def _keys(vault: Vault, count: int, whose: str) -> Sequence[KeyId]:
    ids = [KeyId(f"{whose}-{n}", Category.LEARNING_HISTORY, WHOLE) for n in range(count)]
    for key_id in ids:
        await vault.seal("", key_id=key_id, field="probe")
    return ids


def _cases(keys: Sequence[KeyId]) -> Iterator[Sequence[KeyId]]:
    return (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))


async def _fetched(vault: Vault, key_id: KeyId) -> float:
    vault.drop(key_id)
    began = perf_counter()
    await vault.seal_within(b"", [key_id])
    return _ms(began)


def _ms(began: float) -> float:
    return (perf_counter() - began) * 1_000
