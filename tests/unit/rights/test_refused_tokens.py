"""Whoever shows a service no token, or a wrong one, is told so in their language."""

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from shared.clock import FixedClock
from shared.http.auth import Role
from shared.http.problems import MEDIA_TYPE, TYPE_PREFIX
from tests.callers import Callers
from tests.unit.rights.services import wired_services

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.mark.promise("C4.1")
async def test_a_wrong_token_is_answered_with_problem_details_in_the_callers_language(
    tmp_path: Path,
) -> None:
    async with wired_services(tmp_path) as (apps, callers):
        token = callers.token("learning", "subject-1", Role.LEARNER)
        expired = Callers(tmp_path / "secrets", FixedClock(LONG_AGO))
        wrong = {
            "none": None,
            "foreign": callers.token("identity", "subject-1", Role.LEARNER),
            "expired": expired.token("learning", "subject-1", Role.LEARNER),
            "manipulated": token[:-4] + token[:4],
        }
        transport = httpx.ASGITransport(app=apps["learning"])
        async with httpx.AsyncClient(transport=transport, base_url="http://t.test") as client:
            for one in wrong.values():
                for language, words in (("fr", "Connectez-vous"), ("en", "Sign in to continue")):
                    headers = {"Accept-Language": language}
                    if one is not None:
                        headers["Authorization"] = f"Bearer {one}"
                    answer = await client.get("/me/enrolments", headers=headers)
                    assert answer.status_code == 401
                    assert answer.headers["content-type"] == MEDIA_TYPE
                    assert answer.headers["www-authenticate"] == "Bearer"
                    assert answer.json()["type"] == TYPE_PREFIX + "unauthenticated"
                    assert words in answer.json()["title"]
                    assert answer.headers["content-language"] == language
                    assert answer.headers["cache-control"] == "no-store"
