"""A system of its own on the real engines, whose stores are written by real event stores."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bson
import pytest

from deploy.backup.copies import Copy, find_copies
from deploy.backup.keys import BackupKeys
from deploy.backup.make import Outcome, make_backup
from deploy.backup.sealing import open_part
from deploy.cli.secrets import prepare_secrets
from deploy.cli.settings import SystemSettings
from shared.clock import SystemClock
from shared.database import MongoClient
from shared.event_store import EventStore
from shared.events.registry import EventTypes
from shared.vault import DataKeys, KeyringEncryption, Vault, load_keyring
from tests.engines import Engines
from tests.integration.kernel.sample import SAMPLE_EVENTS


@dataclass
class Site:
    """The system that is backed up, and where to."""

    settings: SystemSettings
    targets: list[Path]

    @property
    def keys(self) -> BackupKeys:
        return BackupKeys(self.settings.secrets_dir)

    def backup(self) -> Outcome:
        """Make a backup in this process."""
        return make_backup(self.settings, self.targets, lambda _part, _count: None)

    def copies(self) -> list[Copy]:
        """Return every whole copy there is."""
        return list(find_copies(self.targets, self.keys).copies)

    def content(self, copy: Copy) -> dict[str, list[dict[str, Any]]]:
        """Return the documents of `copy` by part."""
        identity = self.keys.identity()
        assert identity is not None
        found: dict[str, list[dict[str, Any]]] = {}
        for part in copy.manifest.parts:
            raw: list[bytes] = []
            open_part(copy.folder, part, identity, raw.append)
            found[part.name] = [bson.decode(one) for one in raw]
        return found

    def store(self, service: str, mongo: MongoClient) -> EventStore:
        """Return the event store of `service`, as its process has it."""
        keyring = load_keyring(self.settings.keyring_file(service))
        clock = SystemClock()
        vault = Vault(DataKeys(mongo.database("vault"), KeyringEncryption(keyring), clock), keyring)
        return EventStore(
            mongo.database(service), EventTypes(SAMPLE_EVENTS), vault, clock, lambda _: None
        )


@pytest.fixture
def site(engines: Engines, namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    for hour in ("QUIET_FROM_HOUR", "QUIET_UNTIL_HOUR"):
        monkeypatch.setenv(f"CARIONEXIQ_{hour}", "0")  # newsletters leave whatever the time is
    settings = engines.system_settings(namespace, data_dir=tmp_path / "data").model_copy(
        update={"destruction_delay_hours": 0}
    )
    prepare_secrets(settings.secrets_dir)
    targets = [tmp_path / "paris", tmp_path / "lyon"]
    for target in targets:
        target.mkdir()
    return Site(settings, targets)


@pytest.fixture
def mongo(site: Site) -> Iterator[MongoClient]:
    client = MongoClient(site.settings.mongodb, site.settings.namespace)
    yield client
    client.close()
