"""The read model of recipients: facts in, whom messages may reach out."""

from datetime import UTC, datetime

import pytest

from services.notify.projections.recipients import Recipients
from shared.database import Document
from shared.events import consent, identity, learning, retention
from shared.events.base import PublicEvent
from shared.events.erasure import KeyScope
from shared.personal import Category
from tests.unit.notify.given import NOON, PERSON, envelope, sealed

CONTACT = KeyScope(category=Category.CONTACT)
REGISTERED = identity.LearnerRegistered(
    learner_id=PERSON,
    first_name=sealed(Category.CIVIL_IDENTITY, "first_name"),
    last_name=sealed(Category.CIVIL_IDENTITY, "last_name"),
    email=sealed(Category.CONTACT, "email"),
    language="en",
    minor=False,
)
AGREED = consent.ConsentGranted(
    learner_id=PERSON,
    purpose="newsletter",
    text_version="newsletter-1",
    language="fr",
    channel="portal",
)
WITHDRAWN = consent.ConsentWithdrawn(
    learner_id=PERSON, purpose="newsletter", channel="unsubscribe_link"
)


def order(*scopes: KeyScope, closes: bool = False) -> retention.ErasureOrdered:
    return retention.ErasureOrdered(
        case_id="case-1",
        subject_id=PERSON,
        scopes=scopes,
        mode="deleted",
        reason="request",
        rule_ids=(),
        closes_account=closes,
    )


def destroyed(category: Category, case: str = "case-1") -> retention.KeyDestroyed:
    return retention.KeyDestroyed(case_id=case, subject_id=PERSON, category=category, object="-")


def folded(*events: PublicEvent) -> Document | None:
    projection, document = Recipients(), None
    for number, event in enumerate(events, 1):
        fact = envelope(event, sequence=number)
        if list(projection.keys(fact)):
            document = projection.fold(document, fact)
    return document


def after(*events: PublicEvent) -> Document:
    document = folded(*events)
    assert document is not None
    return document


def test_a_registration_gives_a_sealed_address_and_a_language() -> None:
    document = after(REGISTERED)

    assert document["email"]["box"] == "AAAA"
    assert (document["language"], document["confirmed"]) == ("en", False)


@pytest.mark.promise("C9.2")
def test_consent_comes_and_goes_with_its_facts() -> None:
    assert after(REGISTERED)["consents"] == []
    assert after(REGISTERED, AGREED, AGREED)["consents"] == ["newsletter"]
    assert after(REGISTERED, AGREED, WITHDRAWN)["consents"] == []


@pytest.mark.promise("C9.2")
def test_a_consent_that_arrives_before_the_registration_is_not_lost() -> None:
    document = after(AGREED, REGISTERED)

    assert document["consents"] == ["newsletter"]
    assert document["email"] is not None


@pytest.mark.promise("C8.2")
def test_a_rectified_name_or_language_is_used_from_then_on() -> None:
    renamed = sealed(Category.CIVIL_IDENTITY, "renamed")
    rectified = identity.LearnerRectified(learner_id=PERSON, first_name=renamed, language="fr")
    document = after(REGISTERED, rectified)

    assert document["first_name"]["field"] == "renamed"
    assert document["language"] == "fr"
    assert document["email"]["field"] == "email"


def test_a_zone_comes_sealed_and_goes_with_the_civil_identity() -> None:
    chosen = identity.ZoneChosen(learner_id=PERSON, zone=sealed(Category.CIVIL_IDENTITY, "zone"))
    document = after(REGISTERED, chosen)

    assert after(REGISTERED)["zone"] is None
    assert document["zone"]["field"] == "zone"
    assert after(REGISTERED, chosen, destroyed(Category.CIVIL_IDENTITY))["zone"] is None


@pytest.mark.promise("C8.2")
def test_messages_go_to_a_new_address_once_it_counts_and_back_when_it_is_stopped() -> None:
    old, new = sealed(Category.CONTACT, "old"), sealed(Category.CONTACT, "new")
    asked = identity.EmailChangeRequested(
        learner_id=PERSON, email=new, previous_email=old, token=new, stop_token=old,
        until=NOON, stop_until=NOON,
    )  # fmt: skip
    counted = identity.EmailChanged(
        learner_id=PERSON, email=new, previous_email=old, stop_until=NOON
    )
    given_up = identity.EmailChangeStopped(learner_id=PERSON, by="learner")
    stopped = identity.EmailChangeStopped(learner_id=PERSON, by="old_address", email=old)

    assert after(REGISTERED, asked)["email"]["field"] == "email"
    assert after(REGISTERED, asked, counted)["email"]["field"] == "new"
    assert after(REGISTERED, asked, given_up)["email"]["field"] == "email"
    assert after(REGISTERED, asked, counted, stopped)["email"]["field"] == "old"


@pytest.mark.promise("C8.4")
def test_an_erasure_order_silences_at_once_and_the_row_goes_with_the_keys() -> None:
    ordered = order(CONTACT, closes=True)
    document = after(REGISTERED, AGREED, ordered)

    assert (document["erased"], document["consents"]) == (True, [])
    assert folded(REGISTERED, AGREED, ordered, destroyed(Category.CONTACT)) is None


@pytest.mark.promise("C6.2", "C8.4")
def test_an_address_that_a_hold_keeps_stays_until_its_own_key_goes() -> None:
    ended = (REGISTERED, order(closes=True), destroyed(Category.CIVIL_IDENTITY))
    document = after(*ended)

    assert (document["erased"], document["first_name"]) == (True, None)
    assert document["email"] is not None
    assert folded(*ended, destroyed(Category.CONTACT, "case-2")) is None


@pytest.mark.promise("C2.2")
def test_an_order_for_the_address_alone_blanks_it_with_its_key() -> None:
    document = after(REGISTERED, order(CONTACT))
    assert document["erased"]

    document = after(REGISTERED, order(CONTACT), destroyed(Category.CONTACT))
    assert document["email"] is None
    assert document["first_name"] is not None


def test_an_order_for_one_enrolment_changes_nothing_here() -> None:
    scope = KeyScope(category=Category.LEARNING_HISTORY, object="enrolment-1")

    assert after(REGISTERED, order(scope)) == after(REGISTERED)


@pytest.mark.promise("C2.9")
def test_a_prospect_is_a_recipient_until_the_key_goes() -> None:
    contacted = identity.ProspectContacted(
        prospect_id=PERSON,
        name=sealed(Category.PROSPECT, "name"),
        email=sealed(Category.PROSPECT, "email"),
        message=sealed(Category.PROSPECT, "message"),
        language="fr",
    )
    document = after(contacted)

    assert document["first_name"]["field"] == "name"
    assert "message" not in document
    assert after(contacted, destroyed(Category.PROSPECT))["email"] is None


@pytest.mark.promise("C2.5")
def test_the_archive_and_the_end_of_an_account_are_known() -> None:
    closed = identity.AccountClosed(learner_id=PERSON, reason="learner")
    archived = retention.ArchiveEntered(subject_id=PERSON)
    back = retention.ArchiveLeft(subject_id=PERSON)

    assert after(REGISTERED, archived)["archived"]
    assert not after(REGISTERED, archived, back)["archived"]
    assert after(REGISTERED, closed)["closed"]


@pytest.mark.promise("C11.2")
def test_a_blocked_minor_is_unblocked_by_the_guardian() -> None:
    blocked = identity.AccountBlocked(learner_id=PERSON, reason="minor_without_agreement")
    agreed = identity.GuardianAgreementGranted(learner_id=PERSON)

    assert after(REGISTERED, blocked)["blocked"]
    assert not after(REGISTERED, blocked, agreed)["blocked"]


def test_facts_that_change_no_recipient_are_ignored() -> None:
    reminder = learning.TrainingReminderDue(
        learner_id=PERSON, enrolment_id="enrolment-1", module_id="module-1"
    )
    announced = retention.DeletionAnnounced(
        subject_id=PERSON, rule_id="profile", due=datetime(2028, 1, 1, tzinfo=UTC)
    )

    assert folded(reminder, announced) is None
