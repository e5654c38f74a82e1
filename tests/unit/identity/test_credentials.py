"""Recovering and changing a password, changing the address: states, links, refusals."""

from datetime import UTC, datetime, timedelta

import pytest

from services.identity.domain.errors import (
    AccountClosedError,
    EmailJustChangedError,
    LinkSpentError,
    UnknownAccountError,
)
from services.identity.domain.learner import commands as c
from services.identity.domain.learner import events as e
from services.identity.domain.learner.decide import decide
from services.identity.domain.learner.evolve import evolve
from services.identity.domain.learner.state import NO_LEARNER, AccountState
from shared.personal import Personal
from tests.unit.identity.given import ADULT, Given, registration

NOW = datetime(2030, 3, 1, 9, tzinfo=UTC)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
OLD, NEW = Personal("canari@canari.test"), Personal("nouveau@canari.test")
HASH = Personal("hash-2")


def recovery(link: str = "link-1", at: datetime = NOW) -> c.RequestRecovery:
    return c.RequestRecovery(link, Personal("token"), at + HOUR)


def reset(link: str = "link-1", at: datetime = NOW) -> c.ResetPassword:
    return c.ResetPassword(link, HASH, at)


def change(
    link: str = "link-1", email: Personal[str] = NEW, at: datetime = NOW
) -> c.RequestEmailChange:
    return c.RequestEmailChange(
        link, email, Personal("token"), Personal("stop"), at, at + DAY, at + WEEK
    )


def stop(link: str = "link-1", at: datetime = NOW) -> c.StopEmailChange:
    return c.StopEmailChange(link, at, recovery("link-9", at))


def registered() -> Given:
    return Given(decide, evolve, NO_LEARNER).when(registration(ADULT))


def opened() -> Given:
    return registered().when(c.ConfirmEmail())


def changed() -> Given:
    return opened().when(change()).when(c.ConfirmEmailChange("link-1", NOW))


@pytest.mark.promise("C7.2")
def test_a_forgotten_password_is_replaced_by_the_link_once() -> None:
    story = opened().when(recovery()).then(e.RecoveryRequested)
    done = story.when(reset()).then(e.PasswordSet, e.PasswordChanged)
    assert done.state.password_hash == HASH
    done.refuses(reset(), LinkSpentError)


@pytest.mark.promise("C7.2")
def test_a_later_link_supersedes_the_one_before() -> None:
    story = opened().when(recovery()).when(recovery("link-2"))
    story.refuses(reset("link-1"), LinkSpentError)
    story.when(reset("link-2")).then(e.PasswordSet, e.PasswordChanged)


@pytest.mark.promise("C7.2")
def test_a_recovery_link_expires() -> None:
    story = opened().when(recovery())
    story.refuses(reset(at=NOW + HOUR), LinkSpentError)
    story.when(reset(at=NOW + HOUR - timedelta(seconds=1))).then(e.PasswordSet, e.PasswordChanged)


def test_no_link_resets_what_nobody_asked_for() -> None:
    opened().refuses(reset(), LinkSpentError)
    opened().when(recovery()).when(c.ChangePassword(HASH)).refuses(reset(), LinkSpentError)


def test_recovering_proves_the_address_of_an_account_that_was_not_confirmed() -> None:
    story = registered().when(recovery()).when(reset())
    story.then(e.PasswordSet, e.PasswordChanged, e.AddressConfirmed)
    assert story.state.state is AccountState.OPEN


def test_a_closed_account_sends_no_link_and_takes_none() -> None:
    story = opened().when(recovery()).when(c.CloseAccount(reason="learner"))
    story.when(recovery("link-2")).then()
    for command in (reset(), change(), stop(), c.ChangePassword(HASH)):
        story.refuses(command, AccountClosedError)


def test_a_rehash_is_no_change_of_password() -> None:
    story = opened().when(recovery()).when(c.RenewPasswordHash(Personal("hash-3")))
    story.then(e.PasswordSet)
    story.when(reset()).then(e.PasswordSet, e.PasswordChanged)


@pytest.mark.promise("C8.2")
def test_a_new_address_counts_once_it_is_confirmed() -> None:
    asked = opened().when(change()).then(e.EmailChangeAsked)
    assert asked.state.email == OLD
    done = asked.when(c.ConfirmEmailChange("link-1", NOW)).then(e.EmailChanged)
    assert done.state.email == NEW
    done.refuses(c.ConfirmEmailChange("link-1", NOW), LinkSpentError)


@pytest.mark.promise("C8.2")
def test_both_addresses_are_in_the_fact_that_letters_are_written_from() -> None:
    (asked,) = opened().when(change()).events
    assert (asked.email, asked.previous_email) == (NEW, OLD)


def test_a_confirmation_expires_and_is_superseded() -> None:
    asked = opened().when(change())
    asked.refuses(c.ConfirmEmailChange("link-1", NOW + DAY), LinkSpentError)
    again = asked.when(change("link-2"))
    again.refuses(c.ConfirmEmailChange("link-1", NOW), LinkSpentError)
    again.refuses(stop("link-1"), LinkSpentError)
    again.when(c.ConfirmEmailChange("link-2", NOW)).then(e.EmailChanged)


def test_the_address_one_has_is_no_change() -> None:
    opened().when(change(email=OLD)).then()


def test_only_an_open_account_changes_its_address() -> None:
    registered().refuses(change(), UnknownAccountError)


def test_the_learner_gives_up_a_change_that_is_not_confirmed() -> None:
    story = opened().when(change()).when(c.CancelEmailChange()).then(e.EmailChangeStopped)
    story.refuses(c.ConfirmEmailChange("link-1", NOW), LinkSpentError)
    story.when(c.CancelEmailChange()).then()
    changed().when(c.CancelEmailChange()).then()


@pytest.mark.promise("C7.2")
@pytest.mark.parametrize(("story", "restored"), [(opened().when(change()), None), (changed(), OLD)])
def test_the_old_address_stops_a_change_and_the_password_with_it(
    story: Given, restored: Personal[str] | None
) -> None:
    stopped = story.when(stop())
    stopped.then(e.EmailChangeStopped, e.PasswordChanged, e.RecoveryRequested)
    assert stopped.events[0].email == restored
    assert stopped.state.email == OLD
    assert stopped.state.password_hash is None
    stopped.refuses(stop(), LinkSpentError)
    stopped.refuses(c.ConfirmEmailChange("link-1", NOW), LinkSpentError)
    assert stopped.when(reset("link-9")).state.password_hash == HASH


@pytest.mark.promise("C7.2")
def test_the_old_address_has_a_week_that_a_second_change_cannot_cut_short() -> None:
    last = NOW + WEEK - timedelta(seconds=1)
    changed().refuses(change("link-2", Personal("tiers@canari.test"), last), EmailJustChangedError)
    changed().when(stop(at=last)).then(e.EmailChangeStopped, e.PasswordChanged, e.RecoveryRequested)
    changed().refuses(stop(at=NOW + WEEK), LinkSpentError)
    changed().when(change("link-2", Personal("tiers@canari.test"), NOW + WEEK)).then(
        e.EmailChangeAsked
    )


def test_a_recovery_sent_to_the_old_address_is_void_once_the_new_one_counts() -> None:
    story = opened().when(recovery("link-5")).when(change())
    story.when(c.ConfirmEmailChange("link-1", NOW)).refuses(reset("link-5"), LinkSpentError)
