"""A copy of the key store under a version that was retired since: refused, or not needed."""

import asyncio

import pytest
from typer.testing import CliRunner, Result

from deploy.cli.failures import ExitCode
from deploy.cli.main import app
from shared.database import MongoClient
from shared.events.base import SubjectId
from shared.personal import Category
from shared.stores import Place, Stores
from shared.vault.keyring_files import KeyringFiles
from shared.vault.rotation import KeyRotation
from tests.integration.backup.conftest import Site
from tests.integration.backup.test_backup import engines_of, register
from tests.integration.kernel.sample import Registered
from tests.integration.test_cli import environment

NAMES = str(Category.CIVIL_IDENTITY)


def everything(site: Site) -> dict[Place, list[bytes]]:
    """Return every document of every database of the system."""
    databases = ("identity", "learning", "consent", "retention", "notify", "vault")
    with Stores(site.settings.mongodb, site.settings.namespace) as stores:
        places = [Place(name, one) for name in databases for one in stores.collections(name)]
        return {place: list(stores.documents(place)) for place in places}


async def restored(site: Site, *options: str) -> Result:
    sites = [word for target in site.targets for word in ("--from", str(target))]
    runner = CliRunner(env=environment(site.settings, **engines_of(site)))
    command = ["restore", *options, *sites, "--yes"]
    return await asyncio.to_thread(runner.invoke, app, command)


def refusal(result: Result) -> str:
    """The one line of a restore that was refused."""
    assert result.exit_code == ExitCode.WRONG_STATE, result.output
    (line,) = result.stderr.strip().splitlines()
    return line


async def rotate(site: Site, mongo: MongoClient) -> None:
    keys = KeyringFiles(site.settings.secrets_dir / "keyrings")
    rotation = KeyRotation(mongo.database("vault"), keys)
    done = await rotation.retire(await rotation.rewrap(await rotation.begin(NAMES)))
    assert done.old == (f"{NAMES}/1",)


@pytest.mark.promise("C7.5")
async def test_keys_under_a_retired_version_are_refused_and_the_live_ones_do(
    site: Site, mongo: MongoClient
) -> None:
    store = site.store("identity", mongo)
    await store.prepare()
    await register(store, "one")
    made = await asyncio.to_thread(site.backup)
    await rotate(site, mongo)
    before = everything(site)

    line = refusal(await restored(site, made.id, "--old-keys"))
    assert f"keys of {NAMES} are wrapped under {NAMES}/1, which was retired since" in line
    assert "--keep-keys" in line
    assert "--keys" in line
    assert everything(site) == before

    kept = await restored(site, made.id, "--keep-keys")
    assert kept.exit_code == ExitCode.DONE, kept.output
    events = await site.store("identity", mongo).load_subject(SubjectId("one"))
    (event,) = [record.event for record in events]
    assert isinstance(event, Registered)
    assert event.first_name.reveal() == "Canari"

    for place in (Place("vault", "keys"), Place("vault", "tombstones")):
        await mongo.database(place.database).collection(place.collection).drop()
    assert "no live key store" in refusal(await restored(site, made.id, "--keep-keys"))
