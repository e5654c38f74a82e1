"""The whole system as processes, and what is asked of it here."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from typing import Any

import httpx
from tenacity import Retrying, stop_after_delay, wait_fixed

from deploy.cli.settings import SystemSettings
from deploy.cli.system import build_system
from shared.clock import SystemClock
from shared.engines import RunFile
from shared.http.auth import Role
from shared.ids import new_id
from shared.topics import SERVICES
from tests.callers import Callers
from tests.forks import forks
from tests.integration.notify.test_together import Mailbox

PASSWORD = "un mot de passe de test"
MODULE = "budget-request"
EXERCISE = "best-opening"


@dataclass
class Platform:
    """A running system."""

    settings: SystemSettings

    def ask(
        self,
        method: str,
        service: str,
        path: str,
        *,
        who: str = "operator",
        role: Role | None = Role.SYSTEM,
        json: Any = None,
    ) -> httpx.Response:
        """Ask one service for something, in a role or as nobody."""
        callers = Callers(self.settings.secrets_dir, SystemClock())
        headers = callers.headers(service, who, role) if role else {}
        return httpx.request(
            method,
            self.settings.service_url(service) + path,
            headers=headers,
            json=json,
            timeout=60,
            trust_env=False,
        )

    def ok(self, *arguments: Any, **named: Any) -> Any:
        """Ask for what must succeed and return the JSON of the answer."""
        answer = self.ask(*arguments, **named)
        assert answer.is_success, f"{arguments} {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def registers(self, name: str) -> tuple[str, str]:
        """Let somebody register and confirm; return their id and address."""
        address = f"canari-{name}-{new_id()}@exemple.test"
        self.ok(
            "POST",
            "identity",
            "/registrations",
            role=None,
            json={
                "first_name": f"Prénom-{name}",
                "last_name": f"Nom-{name}",
                "email": address,
                "language": "fr",
                "birth_date": "1990-01-01",
                "password": PASSWORD,
            },
        )
        token = Mailbox(self.settings.maildir, address).first("/confirm")
        confirmed = self.ok("POST", "identity", "/confirmations", role=None, json={"token": token})
        return confirmed["learner_id"], address

    def signs_in(self, address: str) -> httpx.Response:
        """Try to sign in."""
        credentials = {"email": address, "password": PASSWORD}
        return self.ask("POST", "identity", "/sessions", role=None, json=credentials)

    def learns(self, learner: str) -> str:
        """Enrol and answer an exercise; return the enrolment's id."""
        as_: dict[str, Any] = {"who": learner, "role": Role.LEARNER}
        enrolled = eventually_ok(
            lambda: self.ask(
                "POST", "learning", "/me/enrolments", json={"module_id": MODULE}, **as_
            )
        )
        enrolment: str = enrolled["enrolment_id"]
        answer = {"exercise_id": EXERCISE, "answer": "b"}
        self.ok("POST", "learning", f"/me/enrolments/{enrolment}/answers", json=answer, **as_)
        return enrolment

    def consents(self, learner: str) -> None:
        """Consent to the newsletter."""
        self.ok(
            "POST",
            "consent",
            "/me/consents/newsletter",
            who=learner,
            role=Role.LEARNER,
            json={"decision": "granted"},
        )

    def newsletter(self) -> dict[str, Any]:
        """Send the month's newsletter; return its figures."""
        figures: dict[str, Any] = self.ok("POST", "notify", "/ops/schedules/newsletter")
        return figures

    def sends_newsletter(self, people: int) -> None:
        """Send the month's newsletter, and return once it has gone to so many people."""
        sent = self.newsletter()["sent"]
        for attempt in Retrying(stop=stop_after_delay(60), wait=wait_fixed(0.5)):
            with attempt:
                # On a busy machine some wait until it is known what their person chose.
                sent += self.ok("POST", "notify", "/ops/schedules/retries")["sent"]
                assert sent == people

    def mails(self, address: str) -> list[str]:
        """Return the subjects of the messages that reached `address`."""
        found = []
        for file in (self.settings.maildir / "new").iterdir():
            mail = message_from_bytes(file.read_bytes(), policy=default)
            if str(mail["To"]) == address:
                found.append(str(mail["Subject"]))
        return sorted(found)

    def asks_erasure(self, learner: str) -> str:
        """Ask for erasure; return the case's id."""
        as_: dict[str, Any] = {"who": learner, "role": Role.LEARNER, "json": {"confirm": True}}
        case: str = self.ok("POST", "retention", "/me/erasure", **as_)["case_id"]
        return case

    @contextmanager
    def halted(self, service: str) -> Iterator[None]:
        """Halt the process of `service`: it neither answers nor goes away."""
        running = RunFile(self.settings.data_dir.absolute()).live()
        assert running is not None
        (process,) = [one.pid for one in running.processes if one.name == service]
        os.kill(process, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(process, signal.SIGCONT)

    def settle(self) -> None:
        """Wait until nothing is under way: all positions at the ends, outboxes empty, twice."""
        before: Any = None
        for attempt in Retrying(stop=stop_after_delay(90), wait=wait_fixed(0.1)):
            with attempt:
                flows = [self.ok("GET", service, "/ops/flow") for service in SERVICES]
                parts = [p for f in flows for group in f["groups"] for p in group["partitions"]]
                calm = all(
                    f["outbox"] == 0
                    and not f["busy"]
                    and all(group["partitions"] for group in f["groups"])
                    for f in flows
                ) and all(part["position"] >= part["end"] for part in parts)
                ends = sorted((p["topic"], p["partition"], p["end"]) for p in parts)
                again, before = before, ends
                assert calm
                assert again == ends

    def certified(self, case_id: str) -> None:
        """Wait until a case is certified."""

        def case() -> httpx.Response:
            return self.ask("GET", "retention", f"/cases/{case_id}", who="dpo", role=Role.DPO)

        for attempt in Retrying(stop=stop_after_delay(60), wait=wait_fixed(0.1)):
            with attempt:
                found = case()
                assert found.is_success, found.text
                assert found.json()["state"] == "certified", found.text


def eventually_ok(ask: Any) -> Any:
    """Ask until the answer is a success: other services catch up meanwhile."""
    for attempt in Retrying(stop=stop_after_delay(60), wait=wait_fixed(0.1)):
        with attempt:
            answer = ask()
            assert answer.is_success, answer.text
            return answer.json()
    raise AssertionError


@contextmanager
def running(settings: SystemSettings) -> Iterator[Platform]:
    """The five services as processes."""
    with build_system(settings, services=SERVICES, forks=forks()):
        yield Platform(settings)
