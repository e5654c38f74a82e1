"""Adopting a rule set: given what was adopted, when somebody adopts another, then..."""

from functools import reduce

import pytest

from services.retention.domain.errors import (
    AdoptionOutdatedError,
    ConfirmationOutdatedError,
    RetentionError,
    RulesInForceError,
    VersionTakenError,
)
from services.retention.domain.ruleset.adoption import (
    Adopted,
    AdoptVersion,
    VersionAdopted,
    decide,
    evolve,
)
from tests.unit.retention.given import on

NOW = on("2026-03-02")


def adopted(version: str, digest: str) -> VersionAdopted:
    return VersionAdopted(version=version, digest=digest, adopted_at=NOW)


def given(*events: VersionAdopted) -> Adopted:
    return reduce(evolve, events, Adopted())


def adopting(
    version: str, digest: str, *, instead_of: str = "a", confirmed: int = 0, goes: int = 0
) -> AdoptVersion:
    return AdoptVersion(
        version,
        digest,
        NOW,
        by="dpo-1",
        reason="shorter terms",
        instead_of=instead_of,
        confirmed=confirmed,
        goes_at_once=goes,
    )


def test_an_adoption_says_who_and_why_and_how_much_goes() -> None:
    [event] = decide(adopting("2026-01-01", "b", confirmed=3, goes=3), given(adopted("1", "a")))
    assert (event.version, event.digest, event.adopted_by) == ("2026-01-01", "b", "dpo-1")
    assert (event.reason, event.goes_at_once) == ("shorter terms", 3)


def test_an_older_version_may_be_adopted_again() -> None:
    state = given(adopted("1", "a"), adopted("2", "b"))
    [event] = decide(adopting("1", "a", instead_of="b"), state)
    assert evolve(state, event).digest == "a"


@pytest.mark.parametrize(
    ("command", "refusal"),
    [
        (adopting("2", "b", instead_of="b"), RulesInForceError),
        (adopting("1", "c", instead_of="b"), VersionTakenError),
        (adopting("3", "c", instead_of="a"), AdoptionOutdatedError),
        (adopting("3", "c", instead_of="b", confirmed=2, goes=3), ConfirmationOutdatedError),
        (adopting("3", "c", instead_of="b", confirmed=3, goes=0), ConfirmationOutdatedError),
        (adopting("3", "c", instead_of="b", goes=1), ConfirmationOutdatedError),
    ],
)
def test_what_is_in_force_taken_outdated_or_not_confirmed_is_refused(
    command: AdoptVersion, refusal: type[RetentionError]
) -> None:
    with pytest.raises(refusal):
        decide(command, given(adopted("1", "a"), adopted("2", "b")))


def test_an_event_recorded_before_it_said_who_reads_as_the_systems() -> None:
    old = VersionAdopted.model_validate({"version": "1", "digest": "a", "adopted_at": NOW})
    assert (old.adopted_by, old.reason, old.goes_at_once) == ("system", "", 0)
