"""What others notice of 2,000 sign-in attempts: the whole way through gateway and identity.

Processes as under `up`, argon2 with the parameters of the product. The storm comes from as many
networks as it has attempts and guesses at a new account each time, so that no throttle holds it
back: what keeps the others' answers fast is all that is left. Client, engines and services share
the machine.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

import aiohttp

from bench.rows import Row, p50, p99, ratio_at_most
from bench.stage import Stage, environment
from bench.waiting import until
from deploy.cli.secrets import link_secret
from deploy.cli.settings import SystemSettings
from deploy.cli.system import build_system
from services.identity.adapters.links import CONFIRMATION_LIFETIME, Links
from shared.clock import SystemClock
from shared.database import MongoClient
from shared.events.base import SubjectId

ATTEMPTS: Final = 2_000
AT_ONCE: Final = 100
READERS: Final = 4
THINKING_SECONDS: Final = 0.02
READ: Final = 600
"""Pages read while nothing else happens."""
SIGN_INS: Final = 25
EMAIL: Final = "banc@exemple.test"
PASSWORD: Final = "quatre mots sans rapport"  # noqa: S105 - of nobody
PAGE: Final = "/account"
SERVICES: Final = ("identity", "gateway")
SIGNED_IN: Final = 201


@dataclass(frozen=True, slots=True)
class Portal:
    """The portal, and one learner signed in there on a device that the account knows."""

    client: aiohttp.ClientSession
    url: str
    cookies: dict[str, str]
    chance: random.Random

    async def read(self) -> float:
        """Read a page as the learner and return the milliseconds it took."""
        began = perf_counter()
        async with self.client.get(self.url + PAGE, cookies=self.cookies) as answer:
            await answer.read()
            assert answer.status == 200, answer.status  # noqa: S101, PLR2004 - else measured in vain
        return (perf_counter() - began) * 1000

    async def sign_in(self) -> tuple[float, bool]:
        """Sign in again on the same device; return the milliseconds, and whether it went well."""
        began = perf_counter()
        status, _ = await self._post(EMAIL, PASSWORD, {"device": self.cookies["device"]})
        return (perf_counter() - began) * 1000, status == SIGNED_IN

    async def attempt(self) -> int:
        """Guess at somebody's password from somewhere and return the status of the answer."""
        return (await self._post(f"{self.chance.getrandbits(64):x}@exemple.test", PASSWORD, {}))[0]

    async def _post(
        self, email: str, password: str, cookies: dict[str, str]
    ) -> tuple[int, dict[str, str]]:
        address = ".".join(str(self.chance.randrange(1, 255)) for _ in range(4))
        headers = {"X-Forwarded-For": address, "X-CSRF-Token": self.cookies["csrf"]}
        async with self.client.post(
            f"{self.url}/api/session",
            json={"email": email, "password": password},
            headers=headers,
            cookies={"form": self.cookies["form"], **cookies},
        ) as answer:
            await answer.read()
            return answer.status, {name: one.value for name, one in answer.cookies.items()}


async def measure(stage: Stage) -> list[Row]:
    """Read pages and sign in without a storm, then within one."""
    async with portal(stage) as there:
        await _read(there, stage.size(100, 5))
        calm = await _read(there, stage.size(READ, 10))
        signed_in = [await there.sign_in() for _ in range(stage.size(SIGN_INS, 2))]
        storm = asyncio.create_task(_storm(there, stage.size(ATTEMPTS, 20)))
        troubled: list[float] = []
        signed_in_meanwhile: list[tuple[float, bool]] = []
        while not storm.done():
            troubled += await _read(there, READERS * 5)
            signed_in_meanwhile.append(await there.sign_in())
        seconds, turned_away = await storm
    return [
        Row("reading a page, p50", p50(troubled), "ms", p50(calm), "without a storm"),
        Row(
            "reading a page, p99",
            p99(troubled),
            "ms",
            p99(calm),
            "without a storm",
            ratio_at_most(3),
        ),
        Row(
            "signing in on a known device, p99",
            p99([took for took, _ in signed_in_meanwhile]),
            "ms",
            p99([took for took, _ in signed_in]),
            "without a storm",
            ratio_at_most(3),
        ),
        Row("attempts of the storm", stage.size(ATTEMPTS, 20) / seconds, "/s"),
        Row("of them told to come back", turned_away, "attempts"),
        Row("known devices in vain", sum(not well for _, well in signed_in_meanwhile), "sign-ins"),
        Row("pages read meanwhile", len(troubled), "pages"),
    ]


async def _read(there: Portal, pages: int) -> list[float]:
    """Read as several people do, who think between two pages."""

    async def somebody() -> list[float]:
        took = []
        for _ in range(max(1, pages // READERS)):
            took.append(await there.read())
            await asyncio.sleep(THINKING_SECONDS)
        return took

    return [*chain.from_iterable(await asyncio.gather(*(somebody() for _ in range(READERS))))]


async def _storm(there: Portal, attempts: int) -> tuple[float, int]:
    """Make so many attempts; return the seconds it took and how many were told to come back."""
    left = iter(range(attempts))
    statuses: list[int] = []

    async def attacker() -> None:
        for _ in left:
            statuses.append(await there.attempt())  # noqa: PERF401 - others append in between

    began = perf_counter()
    await asyncio.gather(*(attacker() for _ in range(AT_ONCE)))
    return perf_counter() - began, statuses.count(429)


@asynccontextmanager
async def portal(stage: Stage) -> AsyncIterator[Portal]:
    """Yield the portal of a system of its own, with a learner signed in."""
    around = {"CARIONEXIQ_BEHIND_PROXY": "true", "CARIONEXIQ_LOG_LEVEL": "ERROR"}
    with ExitStack() as running:
        folder = running.enter_context(TemporaryDirectory(prefix="carionexiq-bench-"))
        settings = stage.settings().model_copy(update={"data_dir": Path(folder)})
        running.enter_context(environment(around))
        running.enter_context(build_system(settings, services=SERVICES))
        # A connection each: one kept alive may be closed at the very moment it is used again.
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        jar = aiohttp.DummyCookieJar()
        async with aiohttp.ClientSession(connector=connector, cookie_jar=jar) as client:
            chance = random.Random(stage.seed)  # noqa: S311 - invented addresses
            yield await _with_learner(settings, client, chance)


async def _with_learner(
    settings: SystemSettings, client: aiohttp.ClientSession, chance: random.Random
) -> Portal:
    learner = await _registered(settings, client)
    identity = settings.service_url("identity")
    secret = link_secret(settings.secrets_dir)
    links = Links(secret, "confirmation", CONFIRMATION_LIFETIME, SystemClock())
    async with client.post(
        f"{identity}/confirmations", json={"token": links.token(SubjectId(learner))}
    ) as answer:
        assert answer.status == 200, await answer.text()  # noqa: S101, PLR2004
    async with client.get(f"{settings.portal}/api/session") as answer:
        form, csrf = answer.cookies["form"].value, (await answer.json())["csrf"]
    there = Portal(client, settings.portal, {"form": form, "csrf": csrf}, chance)
    status, cookies = await there._post(EMAIL, PASSWORD, {})  # noqa: SLF001 - the same file's
    assert status == 201, status  # noqa: S101, PLR2004
    there.cookies.update(cookies)
    return there


async def _registered(settings: SystemSettings, client: aiohttp.ClientSession) -> str:
    """Register the learner and return the id once identity shows it."""
    body = {"first_name": "Prénom", "last_name": "Nom", "email": EMAIL, "password": PASSWORD}
    async with client.post(f"{settings.service_url('identity')}/registrations", json=body) as one:
        assert one.status == 202, await one.text()  # noqa: S101, PLR2004
    mongo = MongoClient(settings.mongodb, settings.namespace)
    learners = mongo.database("identity").collection("learners")

    async def known() -> bool:
        return await learners.find_one({}) is not None

    await until(known)
    found = await learners.find_one({})
    mongo.close()
    return str(found["_id"]) if found else ""
