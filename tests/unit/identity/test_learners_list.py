"""The list of learners: given public events, then these rows."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.identity.projections.learners import Learners
from shared.events import identity as e
from shared.events.base import PublicEvent
from shared.events.erasure import KeyScope
from shared.events.retention import ArchiveEntered, ArchiveLeft, ErasureOrdered
from shared.personal import Category, Personal, Sealed
from tests.envelopes import enveloped
from tests.unit.identity.given import LEARNER

AT = datetime(2030, 3, 1, tzinfo=UTC)


def sealed(category: Category, field: str) -> Personal[Any]:
    return Personal(Sealed(subject=LEARNER, category=category, field=field, box="Ym94"))


REGISTERED = e.LearnerRegistered(
    learner_id=LEARNER,
    first_name=sealed(Category.CIVIL_IDENTITY, "first_name"),
    last_name=sealed(Category.CIVIL_IDENTITY, "last_name"),
    email=sealed(Category.CONTACT, "email"),
    language="fr",
    minor=False,
)


def row_after(*events: PublicEvent) -> dict[str, Any] | None:
    projection = Learners()
    row: dict[str, Any] | None = None
    for number, event in enumerate(events, 1):
        envelope = enveloped(event, subject=LEARNER, at=AT, sequence=number)
        for key in projection.keys(envelope):
            assert key == LEARNER
            row = projection.fold(row, envelope)
    return row


@pytest.mark.promise("C4.2")
def test_a_row_holds_names_and_states_and_no_address() -> None:
    row = row_after(REGISTERED, e.EmailConfirmed(learner_id=LEARNER))
    assert row is not None
    assert set(row) == {
        "first_name", "last_name", "registered_at", "confirmed", "blocked", "closed", "archived",
    }  # fmt: skip
    assert row["confirmed"]
    assert row["first_name"]["box"] == "Ym94"


@pytest.mark.promise("C2.5")
def test_the_archive_is_entered_and_left_whatever_the_order_of_the_topics() -> None:
    entered, left = ArchiveEntered(subject_id=LEARNER), ArchiveLeft(subject_id=LEARNER)
    for events, archived in (
        ([REGISTERED], False),
        ([REGISTERED, entered], True),
        ([entered, REGISTERED], True),
        ([REGISTERED, entered, left], False),
    ):
        row = row_after(*events)
        assert row is not None
        assert row["archived"] is archived


@pytest.mark.promise("C11.2")
def test_a_block_ends_with_the_agreement() -> None:
    blocked = e.AccountBlocked(learner_id=LEARNER, reason="minor_without_agreement")
    agreed = e.GuardianAgreementGranted(learner_id=LEARNER)
    assert (row_after(REGISTERED, blocked) or {})["blocked"]
    assert not (row_after(REGISTERED, blocked, agreed) or {})["blocked"]


@pytest.mark.promise("C8.4")
def test_the_row_goes_with_the_civil_identity_and_not_before() -> None:
    def order(category: Category) -> ErasureOrdered:
        return ErasureOrdered(
            case_id="case-1", subject_id=LEARNER, scopes=(KeyScope(category=category),),
            mode="deleted", reason="term", rule_ids=("rule",), closes_account=False,
        )  # fmt: skip

    assert row_after(REGISTERED, order(Category.PROFILE)) is not None
    assert row_after(REGISTERED, order(Category.CIVIL_IDENTITY)) is None
