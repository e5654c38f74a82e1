"""Backups: a whole past of all services, on several sites, nothing half taken for whole."""

import asyncio
import errno
import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.backup import sealing
from deploy.backup.copies import CopyDefectError, find_copies, prune
from deploy.backup.make import BackupRefusedError
from deploy.cli.backup import defect_of
from deploy.cli.failures import ExitCode
from shared.clock import SystemClock
from shared.database import MongoClient
from shared.event_store import EventStore, Metadata
from shared.events.base import SubjectId
from shared.restoration import Restorations
from tests.forks import started
from tests.integration.backup.conftest import Site
from tests.integration.kernel.sample import Greeted, Registered
from tests.integration.test_cli import environment, refused, run
from tests.waiting import eventually

CAUSES, WRITERS = 3, 6


def caused_by(cause: str) -> Metadata:
    return Metadata("test", "system", "test", causation_id=cause)


async def register(store: EventStore, subject: str) -> str:
    commit = await store.append(
        f"learner-{subject}",
        0,
        [
            Registered(
                learner_id=SubjectId(subject), first_name="Canari", email="canari@canary.test"
            )
        ],
        subject=SubjectId(subject),
        meta=caused_by(""),
    )
    return commit.event_ids[0]


async def live(stores: list[EventStore], name: str, until: asyncio.Event) -> int:
    """Register people one after the other, each a cause of facts in every other service in turn."""
    people = 0
    while not until.is_set():
        subject = f"{name}-{people}"
        cause = await register(stores[0], subject)
        for version in range(CAUSES):
            store = stores[1 + version % (len(stores) - 1)]
            commit = await store.append(
                f"{subject}-{version}",
                0,
                [Greeted(learner_id=SubjectId(subject))],
                subject=SubjectId(subject),
                meta=caused_by(cause),
            )
            cause = commit.event_ids[0]
        await stores[0].append(
            f"learner-{subject}",
            1,
            [Greeted(learner_id=SubjectId(subject))],
            subject=SubjectId(subject),
            meta=caused_by(cause),
        )
        people += 1
    return people


@pytest.mark.promise("C7.5")
async def test_a_backup_under_load_is_a_past_in_which_every_effect_has_its_cause(
    site: Site, mongo: MongoClient
) -> None:
    stores = [site.store(service, mongo) for service in ("identity", "learning", "notify")]
    for store in stores:
        await store.prepare()
    enough, over = asyncio.Event(), asyncio.Event()
    lives = [asyncio.create_task(live(stores, f"p{n}", over)) for n in range(WRITERS)]

    async def busy() -> bool:
        return await stores[0].count("learner-", {}) > 100

    await eventually(busy)
    outcome = await asyncio.to_thread(site.backup)
    over.set()
    enough.set()
    people = sum(await asyncio.gather(*lives))
    assert outcome.failures == {}

    by_kind = {copy.manifest.kind: site.content(copy) for copy in site.copies()}
    assert [copy.target for copy in site.copies()] == [*site.targets, *site.targets] or len(
        site.copies()
    ) == 4
    commits = [
        commit
        for name, documents in by_kind["stores"].items()
        if name.endswith(".commits")
        for commit in documents
    ]
    events = {event["id"] for commit in commits for event in commit["events"]}
    registered = [c for c in by_kind["stores"]["identity.commits"] if c["version"] == 1]
    assert 20 < len(registered) < people
    for commit in commits:
        assert commit["meta"]["causation_id"] in {"", *events}
    versions: dict[str, list[int]] = {}
    for commit in commits:
        versions.setdefault(commit["stream"], []).append(commit["version"])
    assert all(found == list(range(1, len(found) + 1)) for found in versions.values())
    keys = {key["_id"] for key in by_kind["keys"]["vault.keys"]}
    assert {f"{c['subject']}|contact|-" for c in registered} <= keys


async def one_backup(site: Site, mongo: MongoClient) -> None:
    store = site.store("identity", mongo)
    await store.prepare()
    await register(store, "one")
    outcome = await asyncio.to_thread(site.backup)
    assert outcome.failures == {}


async def test_nothing_of_a_copy_can_be_read_or_changed_unnoticed(
    site: Site, mongo: MongoClient, tmp_path: Path
) -> None:
    await one_backup(site, mongo)
    copies = site.copies()
    assert [defect_of(copy, site.keys) for copy in copies] == [None] * 4
    for path in (file for target in site.targets for file in target.rglob("*.age")):
        assert b"learner" not in path.read_bytes()

    keys = next(copy for copy in copies if copy.manifest.kind == "keys")
    part = keys.folder / keys.manifest.parts[0].file
    content = part.read_bytes()
    part.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert str(part) in (defect_of(keys, site.keys) or "")
    part.write_bytes(content[:-40])
    assert any(str(part) in defect for defect in find_copies(site.targets, site.keys).defects)
    part.write_bytes(content)
    manifest = keys.folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"kind": "keys"', '"kind": "stores"'))
    found = find_copies(site.targets, site.keys)
    assert len(found.copies) == 3
    assert any(str(manifest) in defect for defect in found.defects)
    verified = run(
        "backup", "verify", *to(site), env=environment(site.settings, **engines_of(site))
    )
    assert verified.returncode == ExitCode.FAILED
    assert str(manifest) in verified.stderr


def to(site: Site) -> list[str]:
    return [word for target in site.targets for word in ("--to", str(target))]


def engines_of(site: Site) -> dict[str, str]:
    return {
        "KAFKA_BOOTSTRAP_SERVERS": site.settings.kafka,
        "MONGODB_URI": site.settings.mongodb,
        "CARIONEXIQ_SMTP_HOST": site.settings.smtp_host,
        "CARIONEXIQ_NAMESPACE": site.settings.namespace,
    }


async def test_a_truncated_stream_is_never_taken_for_a_whole_one(
    site: Site, mongo: MongoClient
) -> None:
    await one_backup(site, mongo)
    copy = site.copies()[0]
    identity = site.keys.identity()
    assert identity is not None
    part = copy.manifest.parts[0]
    path = copy.folder / part.file
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(CopyDefectError, match=part.file):
        sealing.open_part(copy.folder, part, identity, lambda _: None)


async def test_a_full_disk_at_one_target_spoils_no_other_and_leaves_nothing_half(
    site: Site, mongo: MongoClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = site.store("identity", mongo)
    await store.prepare()
    await register(store, "one")
    written = 0
    real = os.fsync

    def full(handle: int) -> None:
        nonlocal written
        if str(site.targets[0]) in str(Path(f"/proc/self/fd/{handle}").readlink()):
            written += 1
            if written == 3:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    outcome = await asyncio.to_thread(site.backup)
    assert outcome.failures == {site.targets[0]: "the disk is full"}
    assert {copy.target for copy in site.copies()} == {site.targets[1]}
    assert not [path for path in site.targets[0].rglob("*") if path.is_file()]


async def test_a_target_that_is_gone_is_named_and_the_exit_code_says_so(
    site: Site, mongo: MongoClient
) -> None:
    store = site.store("identity", mongo)
    await store.prepare()
    await register(store, "one")
    site.targets[0].rmdir()
    made = run("backup", *to(site), env=environment(site.settings, **engines_of(site)))
    assert made.returncode == ExitCode.FAILED
    assert f"no whole copy at {site.targets[0]}: the folder is not there" in made.stderr
    assert "1 of 2 targets" in made.stderr
    assert {copy.target for copy in site.copies()} == {site.targets[1]}
    known = await Restorations(mongo.database("vault")).backups()
    assert known is not None
    assert known.last is None, "whole at one site is not whole"
    assert known.every_hours == site.settings.backup_hours
    site.targets[0].mkdir()
    await asyncio.to_thread(site.backup)
    since, known = known.since, await Restorations(mongo.database("vault")).backups()
    assert known is not None
    assert known.last is not None
    assert known.since == since < known.last


async def test_a_backup_killed_in_the_middle_leaves_no_copy_and_the_next_one_cleans_up(
    site: Site, mongo: MongoClient
) -> None:
    store = site.store("identity", mongo)
    await store.prepare()
    over = asyncio.Event()
    writer = asyncio.create_task(live([store, store], "p", over))

    async def busy() -> bool:
        return await store.count("learner-", {}) > 200

    await eventually(busy)
    over.set()
    await writer
    env = environment(site.settings, **engines_of(site))
    process = started("deploy.cli.main", "backup", *to(site), environment=env)

    async def begun() -> bool:
        return any(site.targets[0].rglob("*.age"))

    await eventually(begun)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(10) == -signal.SIGKILL
    assert any(site.targets[0].rglob(".*.partial")) or site.copies() == []
    outcome = await asyncio.to_thread(site.backup)
    assert outcome.failures == {}
    assert not any(path for target in site.targets for path in target.rglob(".*.partial"))
    assert {copy.manifest.id for copy in site.copies()} == {outcome.id}


async def test_a_copy_of_the_keys_expires_before_that_of_the_stores(
    site: Site, mongo: MongoClient
) -> None:
    await one_backup(site, mongo)
    now = SystemClock().now()
    assert prune(site.targets, site.keys, now) == []
    gone = prune(site.targets, site.keys, now + timedelta(days=site.settings.backup_key_days))
    assert {copy.manifest.kind for copy in gone} == {"keys"}
    assert {copy.manifest.kind for copy in site.copies()} == {"stores"}
    prune(site.targets, site.keys, now + timedelta(days=site.settings.backup_days))
    assert site.copies() == []


async def test_a_ledger_that_was_cut_here_is_not_copied_over_the_longer_one(
    site: Site, mongo: MongoClient
) -> None:
    ledger = site.settings.ledger_file
    ledger.parent.mkdir(parents=True)
    ledger.write_bytes(b"one\ntwo\n")
    await one_backup(site, mongo)
    ledger.write_bytes(b"one\n")
    with pytest.raises(BackupRefusedError, match="was cut"):
        site.backup()
    copy = site.targets[0] / "ledger" / "erasures.jsonl"
    assert copy.read_bytes() == b"one\ntwo\n"


def test_one_site_is_not_two(site: Site) -> None:
    env = environment(site.settings, **engines_of(site))
    one = str(site.targets[0])
    assert "C7.5" in refused(run("backup", "--to", one, env=env), ExitCode.USAGE)
    same = run("backup", "--to", one, "--to", f"{one}/../{Path(one).name}", env=env)
    assert "same folder" in refused(same, ExitCode.USAGE)
    for name, value in (
        ("CARIONEXIQ_BACKUP_TARGETS", f"{one}:{one}"),
        ("CARIONEXIQ_BACKUP_KEY_DAYS", "28"),
    ):
        line = refused(run("backup", env={**env, name: value}), ExitCode.BAD_SETTING)
        assert name in line
