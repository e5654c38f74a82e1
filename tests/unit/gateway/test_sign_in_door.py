"""One sign-in too many is turned away at once; everybody else, and known browsers, come in."""

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Response

from services.gateway.sign_in_door import DOORS, SignInDoor


class House:
    """An application in which a sign-in takes until it is let go on."""

    def __init__(self) -> None:
        self.entered: asyncio.Queue[str] = asyncio.Queue()
        self.go_on = asyncio.Event()
        app = FastAPI()

        @app.api_route("/{path:path}", methods=["GET", "POST"])
        async def anything(path: str) -> Response:
            if f"/{path}" in DOORS:
                self.entered.put_nowait(path)
                await self.go_on.wait()
            return Response()

        self.app = SignInDoor(app, most=1, held_back_seconds=0.01)

    def client(self, **more: Any) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=self.app)
        return httpx.AsyncClient(transport=transport, base_url="http://portal.test", **more)


@pytest.mark.parametrize("door", sorted(DOORS))
async def test_one_sign_in_too_many_is_told_to_come_back_and_others_are_served(door: str) -> None:
    house = House()
    async with (
        house.client(headers={"Accept-Language": "en"}) as browser,
        house.client(cookies={"device": "known"}) as known,
    ):
        first = asyncio.create_task(browser.post(door))
        await house.entered.get()
        late = await browser.post(door)
        assert (late.status_code, late.headers["retry-after"]) == (429, "5")
        assert "Many people are signing in" in late.text
        assert (await browser.get("/account")).status_code == 200
        second = asyncio.create_task(known.post(door))
        await house.entered.get()
        house.go_on.set()
        assert [(await one).status_code for one in (first, second)] == [200, 200]
        assert (await browser.post(door)).status_code == 200
