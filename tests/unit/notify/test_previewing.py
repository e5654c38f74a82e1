"""The preview shows every letter in both languages, rendered as real ones are."""

from http import HTTPStatus

import httpx
import pytest
from fastapi import FastAPI

from services.notify.adapters.samples import SAMPLES
from services.notify.entrypoints.samples import samples_router
from shared.http.problems import install_problem_handlers
from tests.unit.notify.test_letters import LETTERS


def client() -> httpx.AsyncClient:
    app = FastAPI()
    app.include_router(samples_router(LETTERS))
    install_problem_handlers(app, {})
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://notify.test")


async def test_every_sample_is_listed_with_its_class() -> None:
    async with client() as notify:
        listed = (await notify.get("/samples")).json()["items"]

    assert [one["name"] for one in listed] == sorted(SAMPLES)
    assert {one["of"] for one in listed if one["kind"] == "newsletter"} == {"marketing"}


@pytest.mark.parametrize(("language", "greeting"), [("fr", "Bonjour"), ("en", "Hello")])
async def test_a_sample_is_rendered_in_the_language_asked_for(language: str, greeting: str) -> None:
    async with client() as notify:
        shown = (await notify.get("/samples/welcome", params={"language": language})).json()

    assert shown["text"].startswith(f"{greeting} Camille,")
    assert f"{greeting} Camille," in shown["html"]
    assert shown["subject"] in shown["html"]


async def test_a_sample_that_is_none_is_not_found() -> None:
    async with client() as notify:
        answer = await notify.get("/samples/nothing")

    assert answer.status_code == HTTPStatus.NOT_FOUND
