"""Whose address it is: conversion of prospects, reservations, the archive; on the real engines."""

from datetime import UTC, datetime

import pytest

from services.identity.adapters.email_index import ORPHAN_AFTER, EmailIndex, Owner
from services.identity.bootstrap import DOMAIN_EVENTS
from shared.clock import FixedClock
from shared.event_store import EventStore
from shared.events.base import Event, SubjectId
from shared.events.registry import EventTypes
from shared.events.retention import ArchiveEntered, ArchiveLeft
from shared.http.auth import Role
from tests.integration.identity.conftest import Identity
from tests.integration.identity.test_accounts import EMAIL, confirmed

START = datetime(2031, 3, 1, 9, tzinfo=UTC)
FIRST = Owner(SubjectId("learner-1"), "learner")
SECOND = Owner(SubjectId("learner-2"), "learner")


@pytest.mark.promise("C2.9")
async def test_a_prospect_is_converted_by_the_proof_of_the_address_not_by_a_registration(
    identity: Identity,
) -> None:
    contact = {"name": "Prospect Test", "email": EMAIL, "message": "Un besoin"}
    await identity.client.post("/contact-requests", json=contact)
    await identity.register(EMAIL)
    await identity.published("EmailConfirmationRequested")
    commits = identity.mongo.database("identity").collection("commits")
    prospect = {"stream": {"$regex": "^prospect-"}}
    assert await commits.count_documents(prospect) == 1
    subject = await confirmed(identity)
    (converted,) = await identity.published("ProspectConverted")
    assert converted.data.model_dump()["learner_id"] == subject
    assert await commits.count_documents(prospect) == 2
    # What was asked is still open, and goes on under the account.
    own = identity.token(subject, Role.LEARNER)
    (request,) = await identity.listed("/me/support-requests", own, 1)
    assert [one["text"] for one in request["messages"]] == ["Un besoin"]  # type: ignore[attr-defined]
    assert request["has_account"] is True


@pytest.mark.promise("C2.5")
async def test_an_archived_learner_is_hidden_from_support_and_shown_to_the_dpo(
    identity: Identity,
) -> None:
    subject = SubjectId(await confirmed(identity))
    support = identity.token("s", Role.SUPPORT)
    dpo = {
        **identity.token("d", Role.DPO),
        "Archive-Reason": "audit",
        "Archive-Reference": "AUD-26-1",
    }
    (row,) = await identity.listed("/learners", support, 1)
    assert row["archived"] is False
    await identity.deliver(ArchiveEntered(subject_id=subject), subject, "archive-1")
    await identity.listed("/learners", support, 0)
    (row,) = await identity.listed("/learners", dpo, 1)
    assert row["archived"] is True
    await identity.deliver(ArchiveLeft(subject_id=subject), subject, "archive-2")
    await identity.listed("/learners", support, 1)


def index_at(identity: Identity, clock: FixedClock) -> EmailIndex:
    database = identity.mongo.database("identity")
    types = EventTypes[Event](DOMAIN_EVENTS)
    store = EventStore(database, types, identity.vault, clock, lambda _: None)
    return EmailIndex(database, identity.vault, store, clock)


async def test_a_registration_whose_reservation_was_reclaimed_loses(identity: Identity) -> None:
    clock = FixedClock(START)
    index = index_at(identity, clock)
    assert await index.reserve(EMAIL, FIRST)
    assert not await index.reserve(EMAIL, SECOND)
    clock.move_to(START + ORPHAN_AFTER)
    assert await index.reserve(EMAIL, SECOND)
    assert not await index.renew(EMAIL, FIRST)
    assert await index.renew(EMAIL, SECOND)
    assert await index.find_account(EMAIL) == SECOND


async def test_a_renewed_reservation_cannot_be_reclaimed_for_as_long_again(
    identity: Identity,
) -> None:
    clock = FixedClock(START)
    index = index_at(identity, clock)
    assert await index.reserve(EMAIL, FIRST)
    clock.move_to(START + ORPHAN_AFTER)
    assert await index.renew(EMAIL, FIRST)
    assert not await index.reserve(EMAIL, SECOND)


async def test_an_address_whose_account_exists_is_never_reclaimed(identity: Identity) -> None:
    subject = await confirmed(identity)
    clock = FixedClock(datetime(2099, 1, 1, tzinfo=UTC))
    index = index_at(identity, clock)
    assert not await index.reserve(EMAIL, SECOND)
    assert await index.find_account(EMAIL) == Owner(SubjectId(subject), "learner")


@pytest.mark.promise("C8.4", "C7.5")
@pytest.mark.parametrize("step", ["disabled", "destroyed"])
@pytest.mark.parametrize("kind", ["learner", "staff", "prospect"])
async def test_a_row_brought_back_from_a_backup_finds_and_confirms_nobody_forgotten(
    identity: Identity, kind: str, step: str
) -> None:
    index = index_at(identity, FixedClock(START))
    forgotten, other = Owner(SubjectId("forgotten"), kind), Owner(SubjectId("other"), kind)
    find = index.find_prospect if kind == "prospect" else index.find_account
    await identity.vault.seal(EMAIL, key_id=forgotten.address_key, field="email")
    assert await index.reserve(EMAIL, forgotten)
    rows = identity.mongo.database("identity").collection("email_index")
    backup = [row async for row in rows.find({})]
    await index.forget(forgotten.subject)
    close = identity.vault.disable if step == "disabled" else identity.vault.destroy
    await close(forgotten.address_key)
    await rows.insert_many(backup)
    assert await find(EMAIL) is None
    assert await rows.count_documents({}) == 0, "the row is not kept either"
    await rows.insert_many(backup)
    assert await index.reserve(EMAIL, other), "the address is as free as one never seen"
    assert await find(EMAIL) == other


@pytest.mark.promise("C8.4")
async def test_somebody_forgotten_can_register_again_though_an_old_row_came_back(
    identity: Identity,
) -> None:
    first = SubjectId(await confirmed(identity))
    rows = identity.mongo.database("identity").collection("email_index")
    backup = [row async for row in rows.find({})]
    await identity.vault.destroy(Owner(first, "learner").address_key)
    await rows.delete_many({})
    await rows.insert_many(backup)
    assert (await identity.sign_in(EMAIL)).status_code == 401
    await rows.insert_many(backup)
    await identity.register(EMAIL)
    (row,) = [row async for row in rows.find({})]
    assert row["subject"] != first
