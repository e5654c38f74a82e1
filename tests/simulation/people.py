"""The people of the simulation: the demonstration's lives, lived over the services' HTTP."""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, Final

from deploy.demo.drive.people import Hold, Person
from deploy.demo.drive.perform import Performer
from deploy.demo.drive.staff import PASSWORD, ROLES, _email
from deploy.demo.lives import actions as a
from shared.events.retention import ErasureOrdered
from shared.http.auth import Role
from tests.simulation.engine.world import World
from tests.simulation.system import Answer, Mailbox, ServiceAwayError, System

AGAIN_SECONDS: Final = 0.4
PATIENCE_SECONDS: Final = 400.0
TOO_EARLY: Final = 429
TOKEN: Final = re.compile(r"(https?://\S*[?&#/]token=([A-Za-z0-9._~-]+))")
NOT_YET: Final = frozenset({404, 409, 403, 401, 429})
"""What a service may answer while it has not heard of something, or is asked too often."""


class RefusedError(Exception):
    """A service refused what it should allow."""


class Visitor:
    """One person's way to the services: asks again, under the same key, until answered."""

    def __init__(self, system: System, role: Role = Role.LEARNER) -> None:
        self._system = system
        self._role = role
        self.subject = ""

    async def sign_in(
        self, email: str, password: str, *, address: str = "", browser: str = ""
    ) -> None:
        """Sign in, which leaves a technical trace."""
        body = {"email": email, "password": password, "browser": browser or "demonstration"}
        headers = {"x-forwarded-for": address or "192.0.2.1"}
        answer = await self._asked("POST", "/identity/sessions", body, headers)
        self.subject = answer["subject"]

    async def get(self, path: str) -> Any:
        """Return the JSON at `path`."""
        return await self._asked("GET", path, None, {})

    async def send(self, method: str, path: str, body: Any = None) -> Any:
        """Ask for a change and return the answer."""
        key = f"key-{self._system.world.rng.getrandbits(64):x}"
        return await self._asked(method, path, body, {"idempotency-key": key})

    async def _asked(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> Any:
        _, service, rest = path.split("/", 2)
        loop = self._system.world.loop
        deadline = loop.time() + PATIENCE_SECONDS
        answer: Answer | None = None
        while loop.time() < deadline:
            try:
                answer = await self._system.ask(
                    service,
                    method,
                    f"/{rest}",
                    subject=self.subject or None,
                    role=self._role,
                    body=body,
                    headers=headers,
                )
            except ServiceAwayError:
                answer = None
            if answer is not None and answer.status < 400:
                return answer.body
            if answer is not None and answer.status == TOO_EARLY:
                # Asking again and again is what it is about: a well-behaved client waits.
                await asyncio.sleep(answer.body["retry_after"])
                deadline += answer.body["retry_after"]
                continue
            if answer is not None and answer.status < 500 and answer.status not in NOT_YET:
                break
            await asyncio.sleep(_wait(answer))
        raise RefusedError(f"{method} {path}: {answer}")


def _wait(answer: Answer | None) -> float:
    """Return how many seconds later to ask again; whoever throttles says so."""
    told = answer.body.get("retry_after") if answer and isinstance(answer.body, dict) else None
    return AGAIN_SECONDS if told is None else float(told)


class MailReader:
    """Reads the mailbox as its owners would; stands where the demonstration's `Letters` does."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._read = 0
        self._links: dict[str, list[tuple[str, str]]] = {}

    def token(self, address: str, page: str) -> str:
        """Return the token in the newest link to `page` sent to `address`."""
        return next(token for link, token in reversed(self._of(address)) if page in link)

    def has(self, address: str, page: str) -> bool:
        """Say whether a message with a link to `page` was sent to `address`."""
        return any(page in link for link, _ in self._of(address))

    def _of(self, address: str) -> list[tuple[str, str]]:
        for message in self._mailbox.messages[self._read :]:
            body = message.get_body(("plain", "html"))
            links = TOKEN.findall(str(body.get_content())) if body else []
            self._links.setdefault(str(message["to"]).lower(), []).extend(links)
        self._read = len(self._mailbox.messages)
        return self._links.get(address.lower(), [])


class People:
    """Everybody, and what is known of them from having driven them: the ground truth."""

    def __init__(
        self, system: System, mailbox: Mailbox, lives: Iterable[a.Life], world: World
    ) -> None:
        self._system = system
        self._world = world
        self._letters = MailReader(mailbox)
        self.persons = {life.key: person_of(life) for life in lives}
        self._visitors = {key: Visitor(system) for key in self.persons}
        self._staff = {role: Visitor(system, role) for role in ROLES}
        self._signed_in: dict[Role, bool] = {}
        self._performer: Performer | None = None
        self.acted: Callable[[Person], None] = lambda _: None
        """Told of everybody who has done something."""

    async def prepare(self) -> None:
        """Appoint the staff and read the catalogue."""
        operator = Visitor(self._system, Role.SYSTEM)
        operator.subject = "simulation"
        trainer_id = ""
        for role in ROLES:
            body = {"name": "Équipe", "email": _email(role), "role": str(role)}
            appointed = await operator.send(
                "POST", "/identity/staff", {**body, "password": PASSWORD}
            )
            if role is Role.TRAINER:
                trainer_id = appointed["staff_id"]
            await self._staff[role].sign_in(_email(role), PASSWORD)
        trainer = self._staff[Role.TRAINER]
        listed = await trainer.get("/learning/modules")
        modules = [
            await trainer.get(f"/learning/modules/{one['module_id']}") for one in listed["items"]
        ]
        for one in listed["items"]:
            group = {"staff_id": trainer_id, "module_id": one["module_id"]}
            await operator.send("POST", "/learning/teaching", group)
        clients: Any = self._visitors
        staff: Any = self._staff
        letters: Any = self._letters
        clock: Any = self._world
        self._performer = Performer(clients, staff, letters, clock, modules)

    async def act(self, key: str, action: a.Action) -> None:
        """Let somebody do something, and wait for the letter it takes."""
        person = self.persons[key]
        match action:
            case a.Confirm():
                await self._letter(person.email, "confirm")
            case a.GuardianAgrees():
                await self._letter(person.guardian_email, "guardian")
            case a.RequestErasure():
                # Its effects may come before its answer.
                person.erasure_at = self._world.now()
            case _:
                pass
        if self._performer is None:
            raise RuntimeError("not prepared")
        await self._performer.perform(person, action)
        self.acted(person)

    async def contest(self, order: ErasureOrdered) -> None:
        """Have the DPO place a hold on what is about to go: it comes in time, or too late."""
        person = next((p for p in self.persons.values() if p.subject == order.subject_id), None)
        if person is None:
            return
        categories = frozenset(scope.category for scope in order.scopes)
        days = self._world.rng.randrange(30, 700)
        expires = self._world.now() + timedelta(days=days)
        body = {
            "subject_id": person.subject,
            "categories": sorted(categories),
            "ground": "litigation",
            "expires_at": expires.isoformat(),
        }
        answer = await self._staff[Role.DPO].send("POST", "/retention/holds", body)
        hold = Hold(answer["hold_id"], categories, self._world.now(), expires)
        person.holds[f"contested-{hold.id}"] = hold
        self.acted(person)

    async def _letter(self, address: str, page: str) -> None:
        deadline = self._world.loop.time() + 2 * PATIENCE_SECONDS
        while not self._letters.has(address, page):
            if self._world.loop.time() > deadline:
                raise RefusedError(f"no letter with a link to {page}")
            await asyncio.sleep(1)


def person_of(life: a.Life) -> Person:
    """Return the person of a life that has not begun."""
    person = Person(life.key, life.kind)
    for step in life.steps:
        for action in step.actions:
            if isinstance(action, a.Register | a.ContactAsProspect):
                person.email = action.email
    return person
