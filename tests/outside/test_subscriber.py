"""An outsider follows a learner's life with the AsyncAPI document alone."""

import ast
import asyncio
import uuid
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.drive.client import Client
from deploy.demo.drive.letters import Letters
from shared.clock import SystemClock
from tests.engines import System
from tests.outside import subscriber
from tests.outside.subscriber import Document, Timeline, UndocumentedError, follow
from tests.waiting import eventually

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "asyncapi.yaml"
SOURCE = Path(subscriber.__file__)
ALLOWED = {"json", "collections", "dataclasses", "pathlib", "typing"} | {
    "yaml",
    "aiokafka",
    "jsonschema",
}
CANARY = f"Canari{uuid.uuid4().hex[:8]}"


def test_the_subscriber_uses_nothing_of_ours() -> None:
    imported = set()
    for node in ast.walk(ast.parse(SOURCE.read_text())):
        match node:
            case ast.Import(names=names):
                imported |= {name.name.partition(".")[0] for name in names}
            case ast.ImportFrom(module=module):
                imported.add((module or "").partition(".")[0])
            case _:
                pass
    assert imported == ALLOWED


async def _life(system: System) -> str:
    """Live a short life in the portal and return who it was."""
    client = Client(system.url, SystemClock())
    letters = Letters(system.maildir)
    email = f"{CANARY.lower()}@exemple.test"
    person: dict[str, Any] = {
        "first_name": CANARY,
        "last_name": CANARY,
        "email": email,
        "telephone": "06 39 98 01 23",
        "birth_date": "1988-04-12",
        "language": "fr",
        "password": f"mot-de-passe-{CANARY}",
    }
    await client.send("POST", "/identity/registrations", person)

    async def confirmable() -> bool:
        return letters.has(email, "confirm")

    await eventually(confirmable, seconds=60)
    token = letters.token(email, "confirm")
    await client.send("POST", "/identity/confirmations", {"token": token})
    await client.sign_in(email, person["password"])
    (module, *_) = (await client.get("/learning/modules"))["items"]
    await client.send("POST", "/learning/me/enrolments", {"module_id": module["module_id"]})
    await client.send("POST", "/consent/me/consents/newsletter", {"decision": "granted"})
    await client.send("PATCH", "/identity/me", {"last_name": f"{CANARY}-Nouveau"})
    await client.send("POST", "/retention/me/erasure", {"confirm": True})
    subject = client.subject
    await client.close()
    return subject


@pytest.mark.timeout(180)
@pytest.mark.promise("C8.4")
async def test_a_life_is_followed_from_registration_to_its_erasure(system: System) -> None:
    subject = await _life(system)

    def over(timeline: Timeline) -> bool:
        return "ErasureCertified" in timeline.events

    async with asyncio.timeout(120):
        timeline, everything = await follow(
            Document(DOCUMENT),
            subject,
            servers=system.settings.kafka,
            prefix=system.settings.namespace,
            until=over,
        )
    told = timeline.events
    life = ["LearnerRegistered", "EmailConfirmed", "LearnerLoggedIn", "LearnerRectified"]
    assert [event for event in told if event in life] == life
    assert {"CourseEnrolled", "InvoiceIssued", "ConsentGranted"} <= set(told)
    assert told.index("ErasureOrdered") < told.index("ErasureCertified")
    assert told.count("DataErased") >= 3
    for sequences in timeline.sequences().values():
        assert sequences == sorted(sequences)
    assert {("LearnerRegistered", "email"), ("LearnerRectified", "last_name")} <= set(
        timeline.sealed()
    )
    assert not any(CANARY.encode().lower() in value.lower() for value in everything)


class Record:
    """A record that nobody documented."""

    headers = ((b"ce_type".decode(), b"com.carionexiq.Gossiped.v1"),)
    key, value = b"s-1", b"{}"


def test_what_the_document_does_not_say_is_noticed() -> None:
    with pytest.raises(UndocumentedError, match="Gossiped"):
        Document(DOCUMENT).read("identity.events", Record())
