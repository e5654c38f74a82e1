"""Identity, consent and notify as processes: from a registration to an unsubscribed newsletter."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from tenacity import Retrying, stop_after_delay, wait_fixed

from shared.clock import VirtualClock
from shared.http.auth import Role
from shared.ids import new_id
from tests.callers import Callers
from tests.engines import Engines, StartService

START = datetime(2025, 3, 3, 9, tzinfo=UTC)
PASSWORD = "un mot de passe de test"


class Mailbox:
    """The messages to one address in the embedded mailbox."""

    def __init__(self, maildir: Path, address: str) -> None:
        self._folder = maildir / "new"
        self._address = address

    def tokens(self, page: str) -> list[str]:
        """Return the tokens of the links to `page`."""
        found = []
        for file in self._folder.iterdir() if self._folder.exists() else ():
            mail = message_from_bytes(file.read_bytes(), policy=default)
            body = mail.get_body(("plain",))
            if str(mail["To"]) != self._address or body is None:
                continue
            links = [urlsplit(w) for w in str(body.get_content()).split() if w.startswith("http")]
            found += [parse_qs(one.query)["token"][0] for one in links if one.path == page]
        return found

    def first(self, page: str) -> str:
        """Wait for a message with a link to `page` and return its token."""
        for attempt in Retrying(stop=stop_after_delay(30), wait=wait_fixed(0.05)):
            with attempt:
                (token,) = self.tokens(page)
                return token
        raise AssertionError


@pytest.fixture
def clock(tmp_path: Path) -> VirtualClock:
    """The time that the services live by."""
    return VirtualClock(tmp_path / "clock", start=START)


@pytest.mark.promise("C9.2", "C2.2")
def test_the_link_in_a_newsletter_ends_it(
    engines: Engines, start_service: StartService, clock: VirtualClock, tmp_path: Path
) -> None:
    identity, consent, notify = (
        httpx.Client(
            base_url=start_service(name, clock_file=tmp_path / "clock").url, trust_env=False
        )
        for name in ("identity", "consent", "notify")
    )
    callers = Callers(engines.data_dir / "secrets", clock)
    address = f"canari-{new_id()}@exemple.test"
    mailbox = Mailbox(engines.maildir, address)

    def as_(service: str, subject: str, role: Role) -> dict[str, str]:
        return callers.headers(service, subject, role)

    def sent_newsletters() -> int:
        answer = notify.post(
            "/ops/schedules/newsletter", headers=as_("notify", "operator", Role.SYSTEM)
        )
        return int(answer.json()["sent"])

    with identity, consent, notify:
        registered = identity.post(
            "/registrations",
            json={
                "first_name": "Prénom",
                "last_name": "Nom",
                "email": address,
                "telephone": "06 39 98 00 01",
                "birth_date": "1990-01-01",
                "language": "fr",
                "password": PASSWORD,
            },
        )
        assert registered.status_code == 202
        confirmed = identity.post("/confirmations", json={"token": mailbox.first("/confirm")})
        learner = confirmed.json()["learner_id"]
        consent.post(
            "/me/consents/newsletter",
            json={"decision": "granted"},
            headers=as_("consent", learner, Role.LEARNER),
        )
        for attempt in Retrying(stop=stop_after_delay(30), wait=wait_fixed(0.05)):
            with attempt:
                assert sent_newsletters() == 1
        body = {"token": mailbox.first("/unsubscribe")}
        assert consent.post("/unsubscriptions", json=body).status_code == 200
        for attempt in Retrying(stop=stop_after_delay(30), wait=wait_fixed(0.05)):
            with attempt:
                flow = notify.get(
                    "/ops/flow", headers=as_("notify", "operator", Role.SYSTEM)
                ).json()
                ends = {
                    part["position"] >= part["end"]
                    for group in flow["groups"]
                    for part in group["partitions"]
                    if part["topic"].endswith("consent.events")
                }
                total = sum(
                    part["end"]
                    for group in flow["groups"]
                    for part in group["partitions"]
                    if part["topic"].endswith("consent.events")
                )
                assert ends == {True}
                assert total == 2
        clock.move_to(START + timedelta(days=31))

        assert sent_newsletters() == 0
        kinds = notify.get("/me/messages", headers=as_("notify", learner, Role.LEARNER)).json()[
            "messages"
        ]
        assert sorted(one["kind"] for one in kinds) == ["confirmation", "newsletter", "welcome"]
        assert {one["status"] for one in kinds} == {"sent"}
