"""Every letter has a kind; the kind decides priority, basis, and when it may disturb."""

from typing import get_args

import pytest

from services.notify.domain.basis import why_not
from services.notify.domain.kinds import PROVES_ADDRESS, RULES, class_of, rules_of
from services.notify.domain.suppression import Reason
from shared.events.notify import MessageKind
from tests.unit.notify.given import message, recipient
from tests.unit.notify.test_basis import FIELDS

KINDS: tuple[MessageKind, ...] = get_args(MessageKind)
CONSENTING = recipient(consents=frozenset({"newsletter", "events"}))


@pytest.mark.promise("C5.1", "C9.2")
@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_has_a_kind(kind: MessageKind) -> None:
    assert class_of(kind) in RULES


def test_security_goes_first_and_what_can_be_refused_last() -> None:
    assert sorted(RULES, key=lambda one: RULES[one].priority) == [
        "security",
        "transactional",
        "legal",
        "teaching",
        "marketing",
    ]
    assert class_of("password_recovery") == "security"


@pytest.mark.parametrize("why", get_args(Reason))
@pytest.mark.parametrize("kind", KINDS)
def test_an_address_that_bounced_or_complained_gets_the_necessary_alone(
    kind: MessageKind, why: Reason
) -> None:
    letter = message(kind, **FIELDS.get(kind, {}))
    necessary = class_of(kind) in ("security", "legal") or kind in PROVES_ADDRESS
    assert why_not(letter, CONSENTING, why) == (None if necessary else why)
    assert why_not(letter, CONSENTING) is None


def test_a_person_can_prove_an_address_that_is_suppressed() -> None:
    assert (
        why_not(message("confirmation", **FIELDS["confirmation"]), recipient(), "bounced") is None
    )


def test_only_teaching_and_marketing_wait_for_the_morning() -> None:
    waiting = {kind for kind in KINDS if rules_of(kind).may_wait}
    teaching = {"reminder", "digest", "progress", "suggestion"}
    assert waiting == teaching | {"newsletter", "event_invitation"}
