"""The service as a process of its own, as `up` starts it."""

import httpx

from tests.engines import StartService


async def test_the_service_starts_alone_and_serves_the_catalogue_in_both_languages(
    start_service: StartService,
) -> None:
    service = start_service("learning")
    async with httpx.AsyncClient(base_url=service.url) as client:
        ready = await client.get("/health/ready")
        assert ready.json() == {"database": True, "kafka": True, "consumers": True}
        french = (await client.get("/modules")).json()["items"]
        english = (await client.get("/modules", headers={"Accept-Language": "en"})).json()["items"]
        assert [one["module_id"] for one in french] == [one["module_id"] for one in english]
        assert french[0]["title"] == "Préparer une demande de budget"
        assert english[0]["title"] == "Preparing a budget request"
        detail = (await client.get("/modules/budget-request?language=en")).json()
        assert len(detail["lesson"]) == 3
        assert "solution" not in repr(detail["exercises"])
        missing = await client.get("/modules/nothing")
        assert (missing.status_code, missing.json()["code"]) == (404, "not-found")
        assert (await client.get("/me/enrolments")).status_code == 401
