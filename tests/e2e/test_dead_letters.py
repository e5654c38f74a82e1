"""An administrator looks at what a service could not process, and settles it."""

import asyncio
import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import StorageState, expect
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from shared.clock import SystemClock
from shared.http.auth import Role
from tests.callers import Callers
from tests.e2e.conftest import Visit
from tests.engines import System


def _send(system: System, value: str) -> None:
    """Send what is no event to a topic that consent's service reads."""

    async def send() -> None:
        async with AIOKafkaProducer(bootstrap_servers=system.settings.kafka) as producer:
            topic = f"{system.settings.namespace}retention.events"
            await producer.send_and_wait(topic, value.encode(), key=b"nobody")

    # The browser's driver has a loop of its own in this thread.
    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(lambda: asyncio.run(send())).result()


def _wait_for_a_letter(system: System) -> None:
    callers = Callers(system.settings.secrets_dir, SystemClock())

    def waiting() -> int:
        url = f"{system.service_url('consent')}/ops/dead-letters?waiting=true"
        answer = httpx.get(url, headers=callers.headers("consent", "test", Role.SYSTEM), timeout=20)
        return len(answer.json()["items"])

    Retrying(
        retry=retry_if_result(lambda count: count == 0),
        stop=stop_after_delay(60),
        wait=wait_fixed(0.2),
    )(waiting)


@pytest.mark.timeout(180)
def test_a_letter_is_found_shown_and_put_aside(
    system: System, visit: Visit, signed_in_staff: dict[Role, StorageState]
) -> None:
    content = f"pas un evenement {uuid.uuid4().hex}"
    _send(system, content)
    _wait_for_a_letter(system)
    page = visit(state=signed_in_staff[Role.ADMINISTRATOR]).new_page()
    page.goto("/ops")
    page.locator("a[href='/ops/dead-letters/consent']").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Messages en échec")
    page.locator("tbody a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Message en échec")
    assert content not in page.content()

    page.get_by_role("button", name="Montrer le contenu").click()
    expect(page.get_by_role("alert")).to_contain_text("Dites pourquoi")
    page.locator("#reason-showing").fill("comprendre la panne")
    page.get_by_role("button", name="Montrer le contenu").click()
    expect(page.get_by_text(content)).to_be_visible()
    expect(page.get_by_text("comprendre la panne")).to_be_visible()
    assert Axe().run(page).violations_count == 0

    page.locator("#reason-discarding").fill("ce n'est pas un événement")
    page.get_by_role("button", name="L’écarter").click()
    expect(page.get_by_text("Écarté.")).to_be_visible()
    page.locator("#reason-discarding").fill("encore")
    page.get_by_role("button", name="L’écarter").click()
    expect(page.get_by_role("alert")).to_contain_text("déjà été renvoyé ou écarté")
    page.goto("/ops/dead-letters/consent")
    expect(page.get_by_text("Rien n’attend ici")).to_be_visible()
