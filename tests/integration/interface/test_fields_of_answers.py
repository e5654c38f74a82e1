"""What everybody is answered about one learner, live: never a value that their row does not open.

The documents say which fields an answer has (`tests/unit/rights/test_answers.py`); here the values
of a person are looked for in every answer to everybody, in fields, files and errors alike.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import pytest

from services.identity.adapters.links import CONFIRMATION_LIFETIME, Links
from shared.clock import SystemClock
from shared.http.auth import Role
from shared.ids import new_id
from shared.personal import Category
from shared.rights import Endpoint, Rights, load_rights
from shared.topics import SERVICES
from tests.integration.interface.platform import LINK_SECRET, Answer, Platform, ask
from tests.unit.docs.documents import DOCS, loaded
from tests.waiting import eventually

PASSWORD: Final = "une phrase de passe inventee pour ce test"
NAMES: Final = frozenset({Category.CIVIL_IDENTITY, Category.PAYMENT})
"""An invoice is made out to the name."""
CANARIES: Final[Mapping[str, frozenset[Category]]] = {
    "Zephyrine0canari": NAMES,
    "Quetzal0canari": NAMES,
    "plume.0canari@exemple.test": frozenset({Category.CONTACT}),
    "639980199": frozenset({Category.CONTACT}),
    "objectif0canari": frozenset({Category.PROFILE}),
    "question0canari": frozenset({Category.SUPPORT}),
    "Navigateur0canari": frozenset({Category.TECHNICAL_TRACES}),
    "enregistrement0canari": frozenset({Category.RECORDING}),
}
"""Values of the learner that nobody else has, and what they belong to."""


@dataclass
class Known:
    """The learner, and the ids of what is theirs."""

    learner_id: str
    trainer_id: str
    ids: dict[str, str] = field(default_factory=dict)


async def send(
    platform: Platform,
    service: str,
    method: str,
    path: str,
    body: Any = None,
    who: tuple[str, Role] | None = None,
) -> Answer:
    """Return what `service` answers to `who`, a subject in a role."""
    content = b"" if body is None else json.dumps(body).encode()
    headers = {
        **({} if who is None else platform.callers.headers(service, *who)),
        "content-type": "application/json",
        "content-length": str(len(content)),
        "idempotency-key": new_id(),
        "x-forwarded-for": "198.51.100.31",
    }
    return await ask(platform.apps[service], method, path, headers, content)


async def done(
    platform: Platform,
    service: str,
    method: str,
    path: str,
    body: Any = None,
    who: tuple[str, Role] | None = None,
) -> Any:
    """Send what has to succeed, and return what is answered."""
    answer = await send(platform, service, method, path, body, who)
    assert answer.status < 300, (service, method, path, answer.status, answer.body)
    return answer.json() if answer.body else None


@pytest.fixture(scope="module")
async def known(platform: Platform) -> Known:
    """A learner with something in every category that an account brings about."""
    first, last, email, telephone, goals, question, browser, recording = CANARIES
    asking = {"first_name": first, "last_name": last, "email": email, "telephone": f"0{telephone}"}
    asking["password"] = PASSWORD
    await done(platform, "identity", "POST", "/registrations", asking)
    officer = ("an-officer", Role.DPO)
    listed: list[dict[str, Any]] = []

    async def registered() -> bool:
        found = await done(platform, "identity", "GET", "/learners?size=200", who=officer)
        listed[:] = [one for one in found["items"] if one["first_name"] == first]
        return bool(listed)

    await eventually(registered)
    learner_id = listed[0]["id"]
    links = Links(LINK_SECRET, "confirmation", CONFIRMATION_LIFETIME, SystemClock())
    token = {"token": links.token(learner_id)}
    await done(platform, "identity", "POST", "/confirmations", token)
    credentials = {"email": email, "password": PASSWORD, "browser": browser}
    await done(platform, "identity", "POST", "/sessions", credentials)

    own = (learner_id, Role.LEARNER)
    await done(platform, "identity", "PUT", "/me/profile", {"goals": goals}, who=own)
    asked = await done(
        platform, "identity", "POST", "/me/support-requests", {"message": question}, who=own
    )
    modules = await done(platform, "learning", "GET", "/modules", who=own)
    module_id = modules["items"][0]["module_id"]
    enrolled: dict[str, str] = {}

    async def admitted() -> bool:
        answer = await send(
            platform, "learning", "POST", "/me/enrolments", {"module_id": module_id}, own
        )
        if answer.status < 300:
            enrolled.update(answer.json())
        return bool(enrolled)

    await eventually(admitted)
    recorded = {"learner_id": learner_id, "title": recording, "location": "recordings/1"}
    trainer_id = await taught_by_a_trainer(platform, module_id)
    trainer = (trainer_id, Role.TRAINER)
    made = await done(platform, "learning", "POST", "/recordings", recorded, who=trainer)
    ids = {**asked, **enrolled, **made, "learner_id": learner_id, "subject_id": learner_id}
    ids |= {"module_id": module_id, "staff_id": trainer_id}
    known = Known(learner_id, trainer_id, ids)
    for service, path, who, value in (
        ("identity", "/traces", ("security", Role.SECURITY), browser),
        ("identity", "/support-requests", ("support", Role.SUPPORT), question),
        ("learning", "/invoices", ("billing", Role.BILLING), last),
        ("learning", "/me/recordings", own, recording),
        ("learning", "/learners", trainer, first),
    ):
        await eventually(partial(shows, platform, service, path, who, value))
    return known


async def shows(
    platform: Platform, service: str, path: str, who: tuple[str, Role], value: str
) -> bool:
    """Whether `value` is in what `who` is answered: read models follow a moment later."""
    return value in values_in(await send(platform, service, "GET", path, who=who))


async def taught_by_a_trainer(platform: Platform, module_id: str) -> str:
    """Appoint a trainer who teaches everybody in a module, and return the trainer's id."""
    appointment = {"name": "Une Formatrice", "email": f"{new_id()}@exemple.test"}
    appointment |= {"role": "trainer", "password": PASSWORD}
    operator = ("system", Role.SYSTEM)
    appointed = await done(platform, "identity", "POST", "/staff", appointment, who=operator)
    staff_id: str = appointed["staff_id"]
    body = {"staff_id": staff_id, "module_id": module_id, "cohort": None}

    async def assigned() -> bool:
        chief = ("an-administrator", Role.ADMINISTRATOR)
        return (await send(platform, "learning", "POST", "/teaching", body, chief)).status < 300

    await eventually(assigned)
    return staff_id


def questions(known: Known) -> Iterator[tuple[Endpoint, str]]:
    """Yield every endpoint that is read, with its path about the learner where it names one."""
    for service in SERVICES:
        for path, operations in loaded(DOCS / "openapi" / f"{service}.yaml")["paths"].items():
            if "get" in operations:
                asked = re.sub(r"\{(\w+)\}", lambda m: known.ids.get(m[1], "nobody"), path)
                yield Endpoint(service, "GET", path), asked


def values_in(answer: Answer) -> set[str]:
    """Return the learner's values in an answer."""
    return {value for value in CANARIES if value.encode() in answer.body}


def may_show(rights: Rights, endpoint: Endpoint, role: Role, value: str) -> bool:
    """Whether the row of `role` at `endpoint` opens what `value` belongs to."""
    return bool(CANARIES[value] & rights.categories_at(endpoint, role))


@pytest.mark.promise("C4.2", "C4.3", "C6.3", "C7.2")
async def test_nobody_is_answered_with_a_value_that_their_row_does_not_open(
    platform: Platform, known: Known
) -> None:
    rights = load_rights()
    told_too_much: set[tuple[str, str, str]] = set()
    shown: dict[str, set[Role]] = {value: set() for value in CANARIES}
    concerned = {Role.LEARNER: known.learner_id, Role.TRAINER: known.trainer_id}
    everybody = [(concerned.get(role, f"somebody-{role}"), role) for role in Role]

    for endpoint, path in questions(known):
        for subject, role in everybody:
            answer = await send(platform, *endpoint[:2], path, who=(subject, role))
            for value in values_in(answer):
                shown[value].add(role)
                if answer.status >= 300 or not may_show(rights, endpoint, role, value):
                    told_too_much.add((str(endpoint), role, value))
    assert told_too_much == set()
    assert all(shown.values()), shown
    assert Role.TRAINER in shown["Zephyrine0canari"]
    assert Role.BILLING in shown["Quetzal0canari"]
    assert Role.SUPPORT in shown["question0canari"]
    assert Role.SECURITY in shown["Navigateur0canari"]
    assert all(Role.SPEAKER not in roles for roles in shown.values())


@pytest.mark.promise("C4.2", "C8.1")
async def test_other_learners_other_trainers_and_strangers_are_answered_with_nothing_of_it(
    platform: Platform, known: Known
) -> None:
    for endpoint, path in questions(known):
        for who in ((new_id(), Role.LEARNER), (new_id(), Role.TRAINER), None):
            answer = await send(platform, *endpoint[:2], path, who=who)
            assert values_in(answer) == set(), str(endpoint)
