"""Whether the time of an answer tells who has an account (ASVS 6.3.8): known beside unknown."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from time import perf_counter
from typing import Final

import httpx

from bench.rows import Row, p50, ratio_at_most
from bench.services import running
from bench.stage import Stage
from shared.ids import new_id

PASSWORD: Final = "une phrase de cette mesure"  # noqa: S105 - opens accounts of invented people
ACTS: Final[Mapping[str, Mapping[str, str]]] = {
    "/sessions": {"password": "une autre phrase de mesure"},
    "/recoveries": {},
}
LIMIT: Final = 1.05


async def measure(stage: Stage) -> list[Row]:
    """Measure a failed sign-in and a request for recovery, each for both kinds of address."""
    rounds = stage.size(15, 2)
    rows = []
    async with _client(stage) as client:
        for path, body in ACTS.items():
            known, unknown = _addresses(rounds), _addresses(rounds)
            await asyncio.gather(*(_register(client, email) for email in known))
            ours, others = await stage.interleaved(
                rounds,
                partial(_asked, client, path, body, iter(known)),
                partial(_asked, client, path, body, iter(unknown)),
            )
            rows.append(
                Row(
                    f"POST {path} about an account, p50",
                    p50(ours),
                    "ms",
                    p50(others),
                    "an address without account",
                    ratio_at_most(LIMIT),
                )
            )
    return rows


def _addresses(count: int) -> list[str]:
    return [f"{new_id()}@exemple.test" for _ in range(count)]


async def _register(client: httpx.AsyncClient, email: str) -> None:
    body = {"first_name": "Prénom", "last_name": "Nom", "email": email, "password": PASSWORD}
    answer = await client.post("/registrations", json=body)
    answer.raise_for_status()


async def _asked(
    client: httpx.AsyncClient, path: str, body: Mapping[str, str], addresses: Iterator[str]
) -> list[float]:
    began = perf_counter()
    await client.post(path, json={"email": next(addresses), **body})
    return [(perf_counter() - began) * 1_000]


@asynccontextmanager
async def _client(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    async with running(stage, "identity") as (app,):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://identity.bench", timeout=60
        ) as client:
            yield client
