"""A message goes out only on a basis that holds at the moment of sending."""

from typing import Any, get_args

import pytest

from services.notify.domain.basis import TO_GUARDIANS, WHILE_READABLE, address_of, why_not
from shared.events.notify import MessageKind
from shared.personal import Personal
from tests.unit.notify.given import GONE, message, recipient

KINDS: tuple[MessageKind, ...] = get_args(MessageKind)
FIELDS: dict[str, dict[str, Any]] = {
    "confirmation": {"token": Personal("opaque")},
    "guardian_agreement": {
        "token": Personal("opaque"),
        "guardian_email": Personal("tutrice@exemple.test"),
    },
    "guardian_reminder": {
        "token": Personal("opaque"),
        "guardian_email": Personal("tutrice@exemple.test"),
    },
    "guardian_agreed": {
        "token": Personal("opaque"),
        "guardian_email": Personal("tutrice@exemple.test"),
    },
    "password_recovery": {"token": Personal("opaque")},
    "email_change": {"token": Personal("opaque"), "address": Personal("nouvelle@exemple.test")},
    "email_change_notice": {
        "token": Personal("opaque"),
        "address": Personal("ancienne@exemple.test"),
    },
    "email_changed": {"address": Personal("ancienne@exemple.test")},
}
TO_THE_PERSON = [
    kind for kind in KINDS if not FIELDS.get(kind, {}).keys() & {"guardian_email", "address"}
]


@pytest.mark.promise("C9.2")
def test_a_newsletter_needs_consent() -> None:
    letter = message("newsletter")

    assert why_not(letter, recipient()) == "no_consent"
    assert why_not(letter, recipient(consents=frozenset({"events"}))) == "no_consent"
    assert why_not(letter, recipient(consents=frozenset({"newsletter"}))) is None


@pytest.mark.promise("C9.2", "C2.5")
@pytest.mark.parametrize("state", ["blocked", "closed", "archived"])
def test_a_newsletter_needs_an_account_in_use(state: str) -> None:
    person = recipient(consents=frozenset({"newsletter"}), **{state: True})

    assert why_not(message("newsletter"), person) == "blocked"


def test_a_newsletter_needs_a_proven_address() -> None:
    person = recipient(consents=frozenset({"newsletter"}), confirmed=False)

    assert why_not(message("newsletter"), person) == "blocked"


@pytest.mark.promise("C5.1")
def test_a_reminder_needs_no_consent_but_an_account_in_use() -> None:
    assert why_not(message("reminder"), recipient()) is None
    assert why_not(message("reminder"), recipient(closed=True)) == "blocked"


@pytest.mark.promise("C8.4")
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in WHILE_READABLE])
def test_nothing_but_the_last_notice_goes_to_a_person_being_erased(kind: MessageKind) -> None:
    person = recipient(erased=True, consents=frozenset({"newsletter"}))

    assert why_not(message(kind, **FIELDS.get(kind, {})), person) == "erased"
    assert why_not(message("erasure_certificate"), person) is None


@pytest.mark.promise("C6.2")
def test_a_person_is_told_of_a_hold_whatever_became_of_the_account() -> None:
    ended = recipient(closed=True, blocked=True, archived=True, erased=True)

    assert why_not(message("hold_notice"), ended) is None


@pytest.mark.promise("C8.4", "C2.11")
@pytest.mark.parametrize("kind", TO_THE_PERSON)
def test_nothing_goes_where_the_address_can_no_longer_be_read(kind: MessageKind) -> None:
    person = recipient(email=GONE, consents=frozenset({"newsletter"}))

    assert why_not(message(kind, **FIELDS.get(kind, {})), person) == "erased"


@pytest.mark.parametrize("kind", TO_THE_PERSON)
def test_without_an_address_nothing_is_sent(kind: MessageKind) -> None:
    letter = message(kind, **FIELDS.get(kind, {}))

    assert why_not(letter, None) == "no_address"
    assert why_not(letter, recipient(email=None)) == "no_address"


@pytest.mark.promise("C11.1")
@pytest.mark.parametrize("kind", sorted(TO_GUARDIANS))
def test_the_guardian_is_written_to_not_the_minor(kind: MessageKind) -> None:
    letter = message(kind, **FIELDS[kind])

    assert address_of(letter, recipient()) == Personal("tutrice@exemple.test")
    assert why_not(letter, recipient(blocked=True)) is None


def test_a_link_whose_token_has_been_erased_is_not_sent() -> None:
    assert why_not(message("confirmation", token=GONE), recipient()) == "erased"


@pytest.mark.promise("C2.11")
def test_a_deletion_is_announced_also_to_closed_and_blocked_accounts() -> None:
    assert why_not(message("deletion_notice"), recipient(closed=True, blocked=True)) is None


@pytest.mark.parametrize("kind", ["email_change", "email_change_notice", "email_changed"])
def test_letters_about_an_address_go_to_that_address(kind: MessageKind) -> None:
    letter = message(kind, **FIELDS[kind])

    assert address_of(letter, recipient()) == FIELDS[kind]["address"]
    assert why_not(message(kind, **FIELDS[kind] | {"address": GONE}), recipient()) == "erased"


@pytest.mark.promise("C9.3")
@pytest.mark.parametrize(
    "kind",
    [
        "password_recovery",
        "password_changed",
        "email_change",
        "email_change_notice",
        "authenticators_changed",
    ],
)
def test_letters_about_the_security_of_an_account_need_no_consent(kind: MessageKind) -> None:
    letter = message(kind, **FIELDS.get(kind, {}))

    assert why_not(letter, recipient(blocked=True, archived=True, confirmed=False)) is None
