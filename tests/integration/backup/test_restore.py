"""Back up, erase, restore the old backup with its old key store: nothing forgotten comes back."""

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer

from deploy.cli.failures import ExitCode
from deploy.demo.scan.scanner import Scanner
from deploy.demo.scan.sealed import sealed_in_records, try_everything
from services.retention.adapters.ledger import verified as ledger_entries
from shared.clock import SystemClock
from shared.database import MongoClient
from shared.http.auth import Role
from shared.inspection import StoredDocument, as_document, stored_documents
from shared.personal import Category
from shared.restoration import Restorations
from shared.searching.sealed import sealed_values
from shared.topics import SERVICES, events_topic
from shared.vault import DataKeys, KeyringEncryption, Vault, load_keyring
from tests.forks import started
from tests.integration.backup.conftest import Site
from tests.integration.backup.platform import Platform, running
from tests.integration.backup.test_backup import engines_of, to
from tests.integration.test_cli import Finished, environment, refused, run


def env_of(site: Site) -> dict[str, str]:
    settings = site.settings
    return environment(settings, **engines_of(site), CARIONEXIQ_MAILBOX_DIR=str(settings.maildir))


def restored(site: Site, *arguments: str) -> Finished:
    sites = [word for target in site.targets for word in ("--from", str(target))]
    return run("restore", *arguments, *sites, "--yes", env=env_of(site))


def documents(site: Site) -> Iterator[StoredDocument]:
    prefix = f"{site.settings.namespace}carionexiq_"
    return (
        one for one in stored_documents(site.settings.mongodb) if one.database.startswith(prefix)
    )


async def under_way(site: Site) -> str | None:
    """Return which backup is being put back, asked in one question: it does not last long."""
    mongo = MongoClient(site.settings.mongodb, site.settings.namespace)
    try:
        return await Restorations(mongo.database("vault")).under_way()
    finally:
        mongo.close()


async def records(site: Site) -> list[bytes]:
    """Return the value of every record on every topic of facts."""
    consumer = AIOKafkaConsumer(
        *(site.settings.namespace + events_topic(service) for service in SERVICES),
        bootstrap_servers=site.settings.kafka,
        auto_offset_reset="earliest",
    )
    found: list[bytes] = []
    async with consumer:
        ends = await consumer.end_offsets(consumer.assignment())
        while any([await consumer.position(place) < end for place, end in ends.items()]):
            for batch in (await consumer.getmany(timeout_ms=200)).values():
                found += [record.value or b"" for record in batch]
    return found


async def readable(site: Site, subject: str) -> set[tuple[str, str]]:
    """Return the scopes of `subject` of which something sealed can be opened, by anybody at all."""
    mongo = MongoClient(site.settings.mongodb, site.settings.namespace)
    found = [as_document(one) for one in documents(site)]
    values = [value for document in found for value in sealed_values(document)]
    values += list(sealed_in_records(await records(site)))
    assert any(value.subject == subject for value in values)
    opened: set[tuple[str, str]] = set()
    for service in SERVICES:
        keyring = load_keyring(site.settings.keyring_file(service))
        vault = Vault(
            DataKeys(mongo.database("vault"), KeyringEncryption(keyring), SystemClock()), keyring
        )
        mine = [v for v in values if v.subject == subject and vault.holds(Category(v.category))]
        attempt = await try_everything(vault, mine)
        opened |= {(category, thing) for _, category, thing in attempt.opened}
    mongo.close()
    return opened


def assert_nothing_of(platform: Platform, site: Site, subject: str, address: str) -> None:
    """Look for what was forgotten about `subject` everywhere it could be."""
    opened = asyncio.run(readable(site, subject))
    assert {category for category, _ in opened} <= {"payment"}, opened
    scanner = Scanner([[address], ["Prénom-alice"], ["Nom-alice"]])
    assert scanner.scan((one.raw for one in documents(site)), "documents") == set()
    rows = [
        as_document(one)["subject"] for one in documents(site) if one.collection == "email_index"
    ]
    assert subject not in rows
    assert rows
    assert platform.signs_in(address).status_code in {401, 403, 404}
    for service in ("identity", "learning", "notify", "consent"):
        held = platform.ask(
            "GET", service, f"/learners/{subject}/held-data", who="dpo", role=Role.DPO
        )
        items = held.json()["items"] if held.is_success else []
        gone = [str(item) for item in items if item["category"] != "payment"]
        assert "alice" not in "".join(gone).lower()
    listed = platform.ask("GET", "identity", "/learners", who="dpo", role=Role.DPO)
    assert "alice" not in listed.text.lower()


@pytest.mark.promise("C7.5", "C8.4")
@pytest.mark.timeout(600)
def test_nothing_forgotten_comes_back_with_an_old_backup(site: Site) -> None:
    with running(site.settings) as platform:
        alice, alices = platform.registers("alice")
        bob, bobs = platform.registers("bob")
        platform.learns(alice)
        platform.learns(bob)
        for person in (alice, bob):
            platform.consents(person)
        dave, _ = platform.registers("dave")
        platform.settle()
        with platform.halted("consent"):
            in_flight = platform.asks_erasure(dave)
            made = run("backup", *to(site), env=env_of(site))
        assert made.returncode == ExitCode.DONE, made.stderr
        backup = made.stdout.split(":")[0]

        # After the backup: one is forgotten, both got the newsletter, somebody else came.
        platform.sends_newsletter(2)
        case = platform.asks_erasure(alice)
        platform.certified(case)
        platform.certified(in_flight)
        before = certificate_of(platform, in_flight)
        _, carols = platform.registers("carol")
        platform.settle()
        assert_nothing_of(platform, site, alice, alices)
        sent = {address: platform.mails(address) for address in (alices, bobs, carols)}
        assert "down" in refused(restored(site, backup), ExitCode.WRONG_STATE)

    assert_a_killed_restore_lets_nobody_serve(site, backup)
    done = restored(site, backup, "--old-keys", "--keys", backup)
    assert done.returncode == ExitCode.DONE, done.stderr
    assert " 0 keys that had come back" not in done.stdout

    with running(site.settings) as platform:
        platform.settle()
        platform.certified(case)
        platform.certified(in_flight)
        platform.settle()
        assert_nothing_of(platform, site, alice, alices)
        assert_carried_on(platform, site, in_flight, before)
        again = certificate_of(platform, case)
        assert again["reason"] == "restored"
        assert "canaries" not in {scope["category"] for scope in again["scopes"]}
        assert platform.signs_in(bobs).status_code == 201
        assert platform.signs_in(carols).status_code == 401

        assert_mail_waits_for_an_operator(platform, site, bob, sent)
        verified = run("ledger", "verify", env=env_of(site))
        assert verified.returncode == ExitCode.DONE, verified.stderr
        history = platform.ok("GET", "learning", "/me/enrolments", who=bob, role=Role.LEARNER)
        assert len(history["items"]) == 1


def alarms(platform: Platform) -> set[str]:
    """Return the kinds of the alarms that stand after a sweep, as the officer sees them."""
    platform.ok("POST", "retention", "/ops/schedules/sweep")
    platform.settle()
    found = platform.ok("GET", "retention", "/alarms", who="dpo", role=Role.DPO)
    return {one["kind"] for one in found["items"]}


def assert_mail_waits_for_an_operator(
    platform: Platform, site: Site, bob: str, sent: dict[str, list[str]]
) -> None:
    """Nothing goes out again by itself; what is released does."""
    bobs = list(sent)[1]
    assert platform.newsletter()["sent"] == 0
    platform.ok("POST", "notify", "/ops/schedules/retries")
    platform.settle()
    assert {address: platform.mails(address) for address in sent} == sent
    aside = platform.ok("GET", "notify", "/messages/aside")
    assert [one["kind"] for one in aside["items"] if one["subject_id"] == bob] == ["newsletter"]
    assert alarms(platform) == {"messages_set_aside"}
    (message,) = [one["message_id"] for one in aside["items"] if one["subject_id"] == bob]
    released = run("messages", "release", message, env=env_of(site))
    assert released.stdout.strip() == f"{message} sent", released.stderr
    assert len(platform.mails(bobs)) == len(sent[bobs]) + 1
    discarded = run("messages", "discard", "--all", env=env_of(site))
    assert discarded.returncode == ExitCode.DONE, discarded.stderr
    assert platform.ok("GET", "notify", "/messages/aside")["total"] == 0
    platform.settle()
    assert alarms(platform) == set()
    assert len(platform.mails(bobs)) == len(sent[bobs]) + 1


def certificate_of(platform: Platform, case: str) -> dict[str, Any]:
    found: dict[str, Any] = platform.ok(
        "GET", "retention", f"/certificates/{case}", who="dpo", role=Role.DPO
    )
    return found


def assert_carried_on(platform: Platform, site: Site, case: str, before: dict[str, Any]) -> None:
    """A case under way at the backup, and certified since, ends once more and as it did."""
    after = certificate_of(platform, case)
    for same in ("reason", "planned_at", "due", "scopes", "ledger"):
        assert after[same] == before[same]
    assert asyncio.run(readable(site, after["subject_id"])) == set()
    commits = [as_document(one) for one in documents(site) if one.collection == "commits"]
    events = [
        event for one in commits if one["stream"] == f"case-{case}" for event in one["events"]
    ]
    assert [event["type"] for event in events].count("CaseCertified") == 1
    entries = ledger_entries(site.settings.ledger_file.read_bytes())
    assert max(Counter((entry.scope, entry.act) for entry in entries).values()) == 1


def assert_a_killed_restore_lets_nobody_serve(site: Site, backup: str) -> None:
    sites = [word for target in site.targets for word in ("--from", str(target))]
    command = ("deploy.cli.main", "restore", backup, *sites, "--yes")
    process = started(*command, environment=env_of(site))
    deadline = time.monotonic() + 120
    while asyncio.run(under_way(site)) is None:
        assert process.poll() is None
        assert time.monotonic() < deadline
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(10) == -signal.SIGKILL
    for service in ("identity", "retention"):
        served = run("serve", service, env=env_of(site))
        assert served.returncode != ExitCode.DONE
        assert f"a restore of {backup} has not finished" in served.stderr + served.stdout
