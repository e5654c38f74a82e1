"""A process that works for the role of billing: it has billing's keys, and tries everything.

It prints what it could open, as JSON, for the test that runs it.
"""

import asyncio
import base64
import json
import sys
from collections import Counter
from collections.abc import Iterable
from itertools import product
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.learning.application.publish import DOMAIN_EVENTS
from shared.clock import SystemClock
from shared.database import MongoClient
from shared.event_store import EventStore
from shared.events.base import Event, SubjectId
from shared.events.registry import EventTypes
from shared.personal import Personal, Sealed, personal_fields
from shared.settings import Settings, load_settings
from shared.vault import DataKeys, KeyId, UnheldCategoryError, Vault, load_keyring
from shared.vault.data_keys import COLLECTION
from shared.vault.providers import key_material
from shared.vault.wrapping import NONCE_BYTES

ROLE = "billing"


async def main(subject: str) -> dict[str, Any]:
    """Return how many values of each category could be opened, and how many could not."""
    settings = load_settings(Settings)
    material = key_material(settings, ROLE)
    client = MongoClient(settings.mongodb_uri, settings.namespace)
    database = client.database("vault")
    keys = DataKeys(database, material.encryption, SystemClock())
    vault = Vault(keys, material.keyring)
    types: EventTypes[Event] = EventTypes(DOMAIN_EVENTS)
    store = EventStore(client.database("learning"), types, vault, SystemClock(), lambda _: None)
    commits = client.database("learning").collection("commits")
    raw = [one async for one in commits.find({"subject": subject})]
    sealed = list(_sealed(raw))

    opened: Counter[str] = Counter()
    closed: Counter[str] = Counter()

    def count(value: Any, category: str) -> None:
        (closed if _is_sealed(value) else opened)[category] += 1

    for record in await store.load_subject(SubjectId(subject)):
        for name, mark in personal_fields(type(record.event)).items():
            if (value := getattr(record.event, name)) is not None:
                count(value, mark.category)
    documents = [{"value": one.model_dump(mode="json")} for one in sealed]
    for one, document in zip(sealed, await vault.open_documents(documents), strict=True):
        count(document["value"], one.category)
        count(await vault.open(Personal(one)), one.category)

    refused = 0
    others = {_key_id(one) for one in sealed if not vault.holds(one.category)}
    for key_id in others:
        for attempt in (
            lambda key_id=key_id: keys.obtain([key_id]),
            lambda key_id=key_id: vault.seal("x", key_id=key_id, field="answer"),
        ):
            try:
                await attempt()
            except UnheldCategoryError:
                refused += 1
        refused += await keys.find([key_id]) == {}
        refused += await vault.open_within(b"0" * 64, [key_id]) is None

    # With the bytes themselves: every key it has, on every wrapped key and every value.
    stored = [one async for one in database.collection(COLLECTION).find({"subject": subject})]
    keyring = load_keyring(settings.role_keyring_file(ROLE))
    held = [
        key
        for category in keyring.category_keys
        for key in keyring.key_encryption_keys(category).values()
    ]
    own = await keys.find({_key_id(one) for one in sealed if vault.holds(one.category)})
    held += [key for key in own.values() if key is not None]
    boxes = [
        (one.category, base64.b64decode(one.box), f"{_key_id(one).text()}|{one.field}")
        for one in sealed
    ] + [(one["category"], one["wrapped"], one["_id"]) for one in stored]
    by_force = Counter(
        str(category)
        for (category, box, bound), key in product(boxes, held)
        if _opens(key, box, bound.encode())
    )
    client.close()
    return {
        "opened": opened,
        "closed": closed,
        "by_force": by_force,
        "refused": refused,
        "asked": 4 * len(others),
        "wrapped": Counter(str(one["category"]) for one in stored),
    }


def _sealed(node: Any) -> Iterable[Sealed]:
    if isinstance(node, dict):
        if node.keys() == set(Sealed.model_fields):
            yield Sealed.model_validate(node)
        else:
            for value in node.values():
                yield from _sealed(value)
    elif isinstance(node, list):
        for value in node:
            yield from _sealed(value)


def _is_sealed(value: Any) -> bool:
    return isinstance(value, Personal) and value.sealed is not None


def _key_id(value: Sealed) -> KeyId:
    return KeyId(value.subject, value.category, value.object)


def _opens(key: bytes, box: bytes, bound: bytes) -> bool:
    try:
        AESGCM(key).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], bound)
    except InvalidTag:
        return False
    return True


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(main(sys.argv[1]))))
