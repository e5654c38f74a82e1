"""Fixtures of the browser tests: the whole system, Chromium, and people who visit."""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright

from deploy.authenticator import Authenticator
from shared.clock import SystemClock
from shared.http.auth import STAFF_ROLES, Role
from tests.authenticators import app, code_of
from tests.callers import Callers
from tests.e2e.journey import Journey, Person, new_person
from tests.engines import System

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")

Visit = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the Chromium on this machine; its absence is a failure, not a reason to skip."""
    found = os.environ.get("CHROMIUM_PATH") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        pytest.fail("no Chromium on this machine: install it, or set CHROMIUM_PATH")
    return found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A browser, started once for a module so that no event loop of its own outlives it."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield launched
        launched.close()


@dataclass
class Complaints:
    """What a browser complained about: broken policy, scripts or requests."""

    texts: list[str]

    def listen(self, page: Page) -> None:
        """Hear what `page` complains about."""
        page.on("pageerror", lambda error: self.texts.append(str(error)))
        page.on(
            "console",
            lambda message: (
                self.texts.append(message.text)
                if "Content Security Policy" in message.text
                else None
            ),
        )


@pytest.fixture
def visit(browser: Browser, system: System) -> Iterator[Visit]:
    """Open browser contexts; a violation of the Content-Security-Policy fails the test."""
    complaints = Complaints([])
    opened: list[BrowserContext] = []

    def start(
        *,
        state: StorageState | None = None,
        theme: str = "light",
        width: int = 1280,
        scripts: bool = True,
        language: str = "fr-FR",
        base_url: str = "",
    ) -> BrowserContext:
        context = browser.new_context(
            base_url=base_url or system.url,
            storage_state=state,
            color_scheme="dark" if theme == "dark" else "light",
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            locale=language,
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        context.on("page", complaints.listen)
        opened.append(context)
        return context

    yield start
    for context in opened:
        context.close()
    assert complaints.texts == []


@pytest.fixture(scope="session")
def staff(system: System) -> dict[Role, Person]:
    """One member of staff in each role, appointed as the first administrator would."""
    return {role: appointed(system, role) for role in sorted(STAFF_ROLES)}


def appointed(system: System, role: Role) -> Person:
    """Appoint an invented person as the system itself does; they have no second factor yet."""
    callers = Callers(system.settings.secrets_dir, SystemClock())
    person = new_person(f"{role}")
    answer = httpx.post(
        f"{system.service_url('identity')}/staff",
        headers={
            **callers.headers("identity", "system", Role.SYSTEM),
            "Idempotency-Key": secrets.token_hex(12),
        },
        json={
            "name": f"{person.first_name} {person.last_name}",
            "email": person.email,
            "role": str(role),
            "password": person.password,
        },
        timeout=30,
    )
    answer.raise_for_status()
    return person


def enrolled(client: httpx.Client, credentials: dict[str, str]) -> Authenticator:
    """Sign in by the password alone and enrol an authenticator app."""
    _post(client, "/api/session", credentials)
    path = "/api/identity/me/authenticators/totp"
    authenticator = app(_post(client, path).json()["secret"])
    _post(client, f"{path}/confirmation", {"code": code_of(authenticator)})
    return authenticator


def _post(client: httpx.Client, path: str, body: object = None) -> httpx.Response:
    csrf = client.get("/api/session").json()["csrf"]
    answer = client.post(path, json=body, headers={"X-CSRF-Token": csrf})
    answer.raise_for_status()
    return answer


@pytest.fixture(scope="session")
def learner(chromium: str, system: System) -> StorageState:
    """The signed-in browser of a learner who has enrolled and answered an exercise."""

    def live() -> StorageState:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
            context = browser.new_context(base_url=system.url, locale="fr-FR")
            context.set_default_timeout(15_000)
            journey = Journey(context.new_page())
            person = new_person("lecteur")
            journey.register(person)
            journey.confirm(person)
            journey.sign_in(person)
            journey.enrol()
            journey.answer_first_exercise()
            state = context.storage_state()
            browser.close()
            return state

    # The browser of a module may be open, whose driver has a loop of its own in this thread.
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(live).result()


@pytest.fixture(scope="session")
def signed_in_staff(system: System, staff: dict[Role, Person]) -> dict[Role, StorageState]:
    """The signed-in browsers of the staff."""
    return {role: _signed_in(system, person) for role, person in staff.items()}


def _signed_in(system: System, person: Person) -> StorageState:
    """Sign in as programs do and return the cookies that a browser would have."""
    credentials = {"email": person.email, "password": person.password}
    with httpx.Client(base_url=system.url, timeout=30, trust_env=False) as client:
        authenticator = enrolled(client, credentials)
        credentials["code"] = code_of(authenticator)
        client.cookies.delete("session")
        _post(client, "/api/session", credentials)
        return {
            "cookies": [
                {
                    "name": cookie.name,
                    "value": cookie.value or "",
                    "domain": str(client.base_url.host),
                    "path": "/",
                    "expires": -1,
                    "httpOnly": True,
                    "secure": False,
                    "sameSite": "Lax",
                }
                for cookie in client.cookies.jar
            ],
            "origins": [],
        }
