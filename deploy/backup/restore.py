"""Bringing a backup back: nothing is served before what was forgotten is forgotten again.

The order makes every interruption harmless. A mark that stops every service comes first; documents
are put aside, then put in place; the ledger is applied; topics are made anew; the mark goes last.
Run again, a restore that was interrupted begins from the start.
"""

import asyncio
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.backup.choose import Choice
from deploy.backup.copies import Copy
from deploy.backup.keys import BackupKeys
from deploy.backup.sealing import open_part
from deploy.cli.settings import SystemSettings
from services.retention.adapters.ledger import ErasureLedger
from services.retention.application.restore import reapply
from shared.database import MongoClient
from shared.ids import new_id
from shared.relay.outbox import Outbox
from shared.restoration import Restoration, Restorations
from shared.stores import Filling, Place, Stores
from shared.topic_growth import delete_topic, layout_of, rewind
from shared.topics import SERVICES, create_topic, events_topic
from shared.vault import DataKeys, Vault
from shared.vault.providers import key_material

IN_PLACE: Final = "--in-place"

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore came to."""

    documents: int
    revived: int
    """Keys of forgotten scopes that the copy had brought back, destroyed again."""
    commits: int


def restore(settings: SystemSettings, choice: Choice, tell: Tell) -> Restored:
    """Carry `choice` out; the engines run, no service does.

    Raises:
        StoreError: the database went away: run it again.
        KafkaError: Kafka did: likewise.
        OSError: the ledger cannot be written: likewise.
    """
    return asyncio.run(_restore(settings, choice, tell))


async def _restore(settings: SystemSettings, choice: Choice, tell: Tell) -> Restored:
    client = MongoClient(settings.mongodb, settings.namespace)
    try:
        restorations = Restorations(client.database("vault"))
        now = settings.clock().now()
        backup = choice.stores.manifest.id if choice.stores is not None else None
        await restorations.begin(backup or IN_PLACE, now)
        documents = await asyncio.to_thread(_bring, settings, choice, tell)
        tell("the ledger is applied")
        if choice.ledger != settings.ledger_file:
            _put_ledger(choice.ledger, settings.ledger_file)
        revived = await _apply(settings, client, restorations)
        commits = await _make_topics_anew(settings, client, tell)
        await restorations.complete(Restoration(id=new_id(), backup=backup, at=now))
        return Restored(documents, revived, commits)
    finally:
        client.close()


def _bring(settings: SystemSettings, choice: Choice, tell: Tell) -> int:
    """Put the documents of the copies in place of those that are there."""
    keys = BackupKeys(settings.secrets_dir)
    documents = 0
    with Stores(settings.mongodb, settings.namespace) as stores:
        stores.drop_staging()
        copies = [copy for copy in (choice.stores, choice.keys) if copy is not None]
        for copy in copies:
            documents += _fill(stores, copy, keys, tell)
        tell("documents are put in place")
        brought = [place for copy in copies for place in places_of(copy)]
        for place in brought:
            stores.put_in_place(place)
        _clear(stores, choice, brought)
    return documents


def places_of(copy: Copy) -> Sequence[Place]:
    """Return the collections that `copy` holds."""
    return [Place(*part.name.split(".", 1)) for part in copy.manifest.parts]


def _fill(stores: Stores, copy: Copy, keys: BackupKeys, tell: Tell) -> int:
    identity = keys.identity()
    if identity is None:
        raise FileNotFoundError("secrets/backup/identity.age")
    for part, place in zip(copy.manifest.parts, places_of(copy), strict=True):
        tell(f"{place}: {part.documents} documents")
        filling: Filling = stores.filling(place)
        open_part(copy.folder, part, identity, filling.add)
        filling.finish()
    return sum(part.documents for part in copy.manifest.parts)


def _clear(stores: Stores, choice: Choice, brought: Sequence[Place]) -> None:
    """Delete what belongs to the stores that were replaced: it is made again from the new ones."""
    if choice.stores is not None:
        gone = [place for place in stores.leftovers() if place not in brought]
    else:
        kept = stores.store_places()
        gone = [place for place in stores.leftovers() if place not in kept]
    if choice.keys is not None:
        gone += [place for place in stores.vault_places() if place not in brought]
    for place in gone:
        stores.drop(place)


def _put_ledger(source: Path, ledger: Path) -> None:
    """Put the newest ledger in its place, durably and in one step."""
    ledger.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = ledger.with_suffix(".new")
    shutil.copyfile(source, draft)
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.replace(ledger)


async def _apply(settings: SystemSettings, client: MongoClient, restorations: Restorations) -> int:
    """Destroy again what the ledger lists, and write down how far that went."""
    clock = settings.clock()
    material = key_material(settings, "retention")
    keys = DataKeys(client.database("vault"), material.encryption, clock)
    await keys.prepare()
    ledger = ErasureLedger(settings.ledger_file.parent)
    revived = await reapply(ledger, Vault(keys, material.keyring))
    await restorations.mark_applied(ledger.mark())
    keys.close()
    return revived


async def _make_topics_anew(settings: SystemSettings, client: MongoClient, tell: Tell) -> int:
    """Empty every topic of facts and let every commit be published again at the next start.

    What Kafka held was ahead of the stores, behind them, or of another past; how far its readers
    were goes with it, and they recognise what they had dealt with.
    """
    services = settings.as_seen_by_services()
    layouts = await layout_of(services, [events_topic(service) for service in SERVICES])
    commits = 0
    for service, layout in zip(SERVICES, layouts, strict=True):
        tell(f"{layout.topic} is made anew")
        if layout.actual is not None:
            await delete_topic(services, layout.topic)
        await create_topic(services, layout.topic, layout.actual or layout.configured)
        commits += await Outbox(client.database(service)).mark_all()
    await rewind(services, [layout.topic for layout in layouts])
    return commits
