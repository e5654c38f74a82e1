"""A live session from the trainer's plan to the learner's calendar, moved, and cancelled."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from icalendar import Calendar
from playwright.sync_api import Page, StorageState, expect

from services.gateway.wording import PARIS, wording
from shared.clock import SystemClock
from shared.http.auth import Role
from tests.callers import Callers
from tests.e2e.accessibility import check
from tests.e2e.conftest import Visit
from tests.e2e.journey import Journey
from tests.engines import System

FIRST = SystemClock().now().astimezone(PARIS).replace(hour=10, minute=0, second=0) + timedelta(
    days=30
)
SECOND = FIRST.replace(hour=14) + timedelta(days=1)
HOUR = timedelta(hours=1)


def field(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M}"


def told(at: datetime) -> str:
    return wording("fr").moment(at)


@contextmanager
def teaching(system: System, staff_id: str, module_id: str) -> Iterator[None]:
    """Let a trainer teach a module within the context, as an administrator would."""
    callers = Callers(system.settings.secrets_dir, SystemClock())
    headers = callers.headers("learning", "chief", Role.ADMINISTRATOR)
    group = {"staff_id": staff_id, "module_id": module_id}
    address = f"{system.service_url('learning')}/teaching"
    httpx.post(address, headers=headers, json=group, timeout=30).raise_for_status()
    yield
    ended = httpx.post(f"{address}/withdrawals", headers=headers, json=group, timeout=30)
    ended.raise_for_status()


def shown(page: Page, path: str, text: str) -> None:
    def there() -> bool:
        page.goto(path)
        return page.get_by_text(text).count() > 0

    Journey(page).until(there, f"{path} does not show {text}")


def of_calendar(page: Page) -> list[tuple[str, int]]:
    with page.expect_download() as started:
        page.get_by_role("link", name="Toutes pour mon agenda").click()
    calendar = Calendar.from_ical(Path(started.value.path()).read_bytes())
    assert isinstance(calendar, Calendar)
    return [(f"{one.start:%H:%M}", int(str(one["SEQUENCE"]))) for one in calendar.events]


@pytest.mark.timeout(300)
def test_a_session_is_moved_and_cancelled_and_the_learner_follows(
    visit: Visit,
    system: System,
    signed_in_staff: dict[Role, StorageState],
    learner: StorageState,
) -> None:
    own = visit(state=learner).new_page()
    trainer = visit(state=signed_in_staff[Role.TRAINER]).new_page()
    who = trainer.request.get("/api/session").json()["subject"]
    taken = own.request.get("/api/learning/me/enrolments").json()
    with teaching(system, who, taken["items"][0]["module_id"]):
        trainer.goto("/staff/sessions")
        trainer.get_by_label("Début").fill(field(FIRST))
        trainer.get_by_label("Fin").fill(field(FIRST + HOUR))
        trainer.get_by_role("button", name="Prévoir", exact=True).click()
        shown(own, "/live-sessions", told(FIRST))
        check(own, "own live sessions")
        assert of_calendar(own) == [("10:00", 0)]

        shown(trainer, "/staff/sessions", told(FIRST))
        trainer.get_by_role("link", name=re.compile("^Déplacer ou annuler")).click()
        begins = trainer.get_by_label("Début")
        expect(begins).to_be_visible()
        check(trainer, "one live session")
        begins.fill(field(SECOND))
        trainer.get_by_label("Fin").fill(field(SECOND + HOUR))
        trainer.get_by_role("button", name="Déplacer", exact=True).click()
        move = trainer.get_by_role("button", name="La déplacer et prévenir tout le monde")
        expect(move).to_be_visible()
        check(trainer, "a move to confirm")
        move.click()
        expect(trainer.get_by_text("La séance est déplacée")).to_be_visible()
        shown(own, "/live-sessions", told(SECOND))
        Journey(own).until(lambda: of_calendar(own) == [("14:00", 1)], "the file has not moved")

        own.get_by_role("button", name=re.compile("^Je ne peux pas venir")).click()
        expect(own.get_by_text("Vous ne venez pas à la séance.")).to_be_visible()
        own.get_by_role("button", name=re.compile("^Je viens finalement")).click()
        expect(own.get_by_text("Vous venez à la séance.")).to_be_visible()

        shown(trainer, "/staff/sessions", told(SECOND))
        trainer.get_by_role("link", name=re.compile("^Déplacer ou annuler")).click()
        trainer.get_by_role("button", name="Annuler la séance").click()
        cancel = trainer.get_by_role("button", name="L’annuler et prévenir tout le monde")
        expect(cancel).to_be_visible()
        check(trainer, "a cancellation to confirm")
        cancel.click()
        expect(trainer.get_by_text("La séance est annulée")).to_be_visible()
        shown(own, "/live-sessions", "Aucune séance prévue")
        own.goto("/dashboard")
        expect(own.get_by_text("Séance en direct", exact=True).first).to_be_visible()
