"""What one request may open, within a process that could open more (C4.2)."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import pytest

from shared.events.base import DomainEvent, SubjectId
from shared.personal import Category, Personal, PersonalField
from shared.vault import (
    Access,
    CategoryNotAllowedError,
    KeyId,
    Keyring,
    Reader,
    RestrictedError,
    Vault,
    current_access,
    limited_to,
    own_work,
)

LEARNER = SubjectId("learner-1")
TRAINER = frozenset({Category.LEARNING_HISTORY})
KEY = b"k" * 32


class Keys:
    """Data keys of every category, as a process holds them that may open everything."""

    def holds(self, category: Category) -> bool:
        return category in set(Category)

    async def obtain(self, ids: Sequence[KeyId]) -> dict[KeyId, bytes]:
        return dict.fromkeys(ids, KEY)

    async def find(self, ids: Iterable[KeyId]) -> dict[KeyId, bytes | None]:
        return dict.fromkeys(ids, KEY)


class Both(DomainEvent):
    """An answer and an amount in one event."""

    learner_id: SubjectId
    answer: Annotated[Personal[str], PersonalField(Category.LEARNING_HISTORY)]
    amount: Annotated[Personal[int], PersonalField(Category.PAYMENT)]


@pytest.fixture
async def vault() -> Vault:
    return Vault(Keys(), Keyring(category_keys={}))  # type: ignore[arg-type] # two of its methods


@pytest.fixture
async def sealed(vault: Vault) -> Both:
    event = Both(learner_id=LEARNER, answer=Personal("b"), amount=Personal(9000))
    (data,) = await vault.seal_events([event])
    return Both.model_validate(data)


async def opened(vault: Vault, event: Both) -> Both:
    (found,) = await vault.open_events([event])
    assert isinstance(found, Both)
    return found


@pytest.mark.promise("C4.2")
async def test_a_request_opens_the_categories_of_its_role_and_no_other(
    vault: Vault, sealed: Both
) -> None:
    with limited_to(Access(TRAINER)):
        found = await opened(vault, sealed)
        assert found.answer.text() == "b"
        assert found.amount.sealed is not None
        assert not vault.holds(Category.PAYMENT)
    assert (await opened(vault, sealed)).amount.reveal() == 9000


@pytest.mark.promise("C4.2")
async def test_a_key_that_is_in_memory_already_opens_nothing_for_another_role(
    vault: Vault, sealed: Both
) -> None:
    assert (await opened(vault, sealed)).amount.reveal() == 9000
    with limited_to(Access(TRAINER)):
        assert (await opened(vault, sealed)).amount.sealed is not None
        (document,) = await vault.open_documents([{"amount": sealed.amount.sealed.model_dump()}])  # type: ignore[union-attr]
        assert document["amount"].sealed is not None
        assert (await vault.open(sealed.amount)).sealed is not None


async def test_a_request_seals_nothing_that_it_may_not_open(vault: Vault, sealed: Both) -> None:
    with limited_to(Access(TRAINER)), pytest.raises(CategoryNotAllowedError):
        await vault.seal(9000, key_id=KeyId(LEARNER, Category.PAYMENT, "-"), field="amount")
    with limited_to(Access()), pytest.raises(CategoryNotAllowedError):
        await vault.seal_events(
            [Both(learner_id=LEARNER, answer=Personal("b"), amount=Personal(1))]
        )


async def test_a_snapshot_of_what_was_withheld_could_not_be_told_from_a_whole_one(
    vault: Vault, sealed: Both
) -> None:
    assert not (await vault.open_with_scopes([sealed])).withheld
    with limited_to(Access(TRAINER)):
        assert (await vault.open_with_scopes([sealed])).withheld
    with limited_to(Access(TRAINER | {Category.PAYMENT})):
        assert not (await vault.open_with_scopes([sealed])).withheld


async def test_what_is_sealed_as_a_whole_opens_for_who_may_open_all_of_it(vault: Vault) -> None:
    scopes = [KeyId(LEARNER, c, "-") for c in (Category.LEARNING_HISTORY, Category.PAYMENT)]
    whole = await vault.seal_within(b"state", scopes)
    assert whole is not None
    with limited_to(Access(TRAINER)):
        assert await vault.open_within(whole, scopes) is None
    assert await vault.open_within(whole, scopes) == b"state"


async def test_requests_at_the_same_time_keep_their_own_limits(vault: Vault, sealed: Both) -> None:
    async def of(categories: frozenset[Category]) -> tuple[bool, bool]:
        with limited_to(Access(categories)):
            await asyncio.sleep(0)
            found = await opened(vault, sealed)
            return found.answer.sealed is None, found.amount.sealed is None

    limits = (TRAINER, frozenset({Category.PAYMENT}), frozenset[Category]())
    results = await asyncio.gather(*map(of, limits))
    assert results == [(True, False), (False, True), (False, False)]


async def test_the_services_own_work_on_demand_is_held_back_by_its_keyring_alone(
    vault: Vault, sealed: Both
) -> None:
    with limited_to(Access()) as access:
        with own_work():
            assert (await opened(vault, sealed)).amount.reveal() == 9000
        assert current_access() is access
        assert (await opened(vault, sealed)).amount.sealed is not None
    assert access.opened == set()


async def test_whose_values_a_request_opened_is_remembered(vault: Vault, sealed: Both) -> None:
    with limited_to(Access(TRAINER)) as access:
        await opened(vault, sealed)
    assert access.opened == {(LEARNER, Category.LEARNING_HISTORY)}


def _restricting(vault: Vault) -> None:
    def restricted(subject: str, category: Category) -> bool:
        return (subject, category) == (LEARNER, Category.LEARNING_HISTORY)

    vault._restricted = restricted


@pytest.mark.promise("C8.3")
@pytest.mark.parametrize(
    ("access", "opens"),
    [
        (Access(TRAINER, role="trainer"), False),
        (Access(TRAINER, role="trainer", reader=Reader("t-1", "trainer")), False),
        (Access(TRAINER, role="trainer", stated=("litigation", "none")), False),
        (Access(TRAINER, role="administrator"), False),
        (Access(TRAINER, role="dpo", reader=Reader("d-1", "dpo")), False),
        (
            Access(TRAINER, role="dpo", reader=Reader("d-1", "dpo"), stated=("litigation", "none")),
            True,
        ),
        (Access(TRAINER, role="dpo"), True),
        (Access(TRAINER, role="learner"), True),
        (Access(TRAINER, role="system"), True),
    ],
    ids=[
        "decides",
        "reads",
        "states a reason that is not theirs to state",
        "administers",
        "the officer without a reason",
        "the officer with one",
        "the officer corrects",
        "the person",
        "the system stores",
    ],
)
async def test_restricted_data_opens_only_for_what_the_law_leaves(
    vault: Vault, sealed: Both, access: Access, opens: bool
) -> None:
    _restricting(vault)
    assert (await opened(vault, sealed)).answer.text() == "b", "storing and erasing go on"
    with limited_to(access):
        if opens:
            assert (await opened(vault, sealed)).answer.text() == "b"
            return
        with pytest.raises(RestrictedError):
            await vault.open_events([sealed])
        with pytest.raises(RestrictedError):
            await vault.open(sealed.answer)


@pytest.mark.promise("C8.3")
async def test_restricted_data_can_still_be_added_to(vault: Vault, sealed: Both) -> None:
    _restricting(vault)
    with limited_to(Access(TRAINER, role="trainer")):
        key = KeyId(LEARNER, Category.LEARNING_HISTORY, "-")
        assert (await vault.seal("b", key_id=key, field="answer")).box


@pytest.mark.promise("C8.3")
async def test_a_list_is_answered_without_the_values_that_one_of_its_persons_has_restricted(
    vault: Vault, sealed: Both
) -> None:
    _restricting(vault)
    assert sealed.answer.sealed is not None
    rows: list[dict[str, Any]] = [
        {"id": 1, "answers": [sealed.answer.sealed.model_dump()]},
        {"id": 2},
    ]
    with limited_to(Access(TRAINER, role="trainer")):
        assert vault.without_restricted(rows) == [{"id": 1, "answers": [None]}, {"id": 2}]
    with limited_to(Access(TRAINER, role="dpo")):
        assert vault.without_restricted(rows) == rows
