"""Authenticators: what counts when, that nothing serves twice, that staff keep one (C7.3)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain.authenticators import commands as c
from services.identity.domain.authenticators import events as e
from services.identity.domain.authenticators.decide import decide
from services.identity.domain.authenticators.evolve import evolve
from services.identity.domain.authenticators.state import NO_AUTHENTICATORS
from services.identity.domain.errors import (
    CodeSpentError,
    IdentityError,
    LastAuthenticatorError,
    LinkSpentError,
    NoAuthenticatorError,
    PasskeyCopiedError,
    ProposalOverError,
    ResetOverError,
    ReturnTooEarlyError,
    SamePersonError,
    WrongCodeError,
)
from shared.events.base import SubjectId
from shared.personal import Category, Erased, Personal
from tests.unit.identity.given import Given

ME: Final = SubjectId("staff-1")
NOW: Final = datetime(2030, 3, 1, 12, tzinfo=UTC)
LATER: Final = NOW + timedelta(minutes=15)
WEEK: Final = timedelta(days=7)
SECRET: Final = Personal("secret-1")
HASHES: Final = Personal("hash-0 hash-1 hash-2")

NOTHING: Final = Given(decide, evolve, NO_AUTHENTICATORS)
PROPOSE: Final = c.ProposeTotp(ME, SECRET, NOW, LATER)
CONFIRM: Final = c.ConfirmTotp("staff", 100, NOW, HASHES)


def with_totp() -> Given:
    """Return the story of an account with an authenticator app."""
    return NOTHING.when(PROPOSE).when(CONFIRM)


def new_passkey(number: int = 1, sign_count: int = 0) -> c.AddPasskey:
    """Have a passkey added."""
    return c.AddPasskey(
        account_id=ME,
        holder="staff",
        passkey_id=f"passkey-{number}",
        name=Personal("Téléphone"),
        credential_id=Personal(f"credential-{number}"),
        public_key=Personal("key"),
        sign_count=sign_count,
        synced=False,
        at=NOW,
        hashes=HASHES,
    )


@pytest.mark.promise("C7.3")
def test_a_secret_counts_once_a_code_was_given_for_it_in_time() -> None:
    shown = NOTHING.when(PROPOSE).then(e.TotpProposed)
    assert not shown.state.enrolled
    other = c.ProposeTotp(ME, Personal("secret-2"), NOW, LATER)
    assert shown.when(other).then().state.proposal.secret == SECRET
    shown.refuses(c.ConfirmTotp("staff", None, NOW, HASHES), WrongCodeError)
    shown.refuses(c.ConfirmTotp("staff", 100, LATER, HASHES), ProposalOverError)
    counts = shown.when(CONFIRM).then(e.TotpAdded, e.RecoveryCodesMade)
    assert counts.state.enrolled
    assert counts.state.totp.secret == SECRET
    counts.refuses(CONFIRM, ProposalOverError)


def test_a_secret_that_expired_gives_way_to_another() -> None:
    again = NOTHING.when(PROPOSE).when(c.ProposeTotp(ME, Personal("secret-2"), LATER, LATER + WEEK))
    assert again.then(e.TotpProposed).state.proposal.secret == Personal("secret-2")


@pytest.mark.promise("C7.3")
@given(st.lists(st.integers(95, 110), max_size=30))
def test_no_code_serves_twice_nor_after_a_later_one(steps: list[int]) -> None:
    story, last = with_totp(), 100
    for step in steps:
        if step > last:
            story, last = story.when(c.UseCode(step, NOW)).then(e.CodeUsed), step
        else:
            story.refuses(c.UseCode(step, NOW), CodeSpentError)
    story.refuses(c.UseCode(None, NOW), WrongCodeError)


def test_without_an_app_no_code_opens_anything() -> None:
    NOTHING.refuses(c.UseCode(100, NOW), WrongCodeError)
    NOTHING.when(PROPOSE).refuses(c.UseCode(100, NOW), WrongCodeError)


@pytest.mark.promise("C7.3")
def test_each_recovery_code_serves_once_and_new_ones_replace_all() -> None:
    used = with_totp().when(c.UseRecoveryCode("staff", "hash-1")).then(e.RecoveryCodeUsed)
    assert used.state.codes_left == 2
    used.refuses(c.UseRecoveryCode("staff", "hash-1"), CodeSpentError)
    used.refuses(c.UseRecoveryCode("staff", "hash-9"), WrongCodeError)
    renewed = used.when(c.RenewRecoveryCodes("staff", Personal("hash-7 hash-8")))
    renewed.then(e.RecoveryCodesMade)
    renewed.refuses(c.UseRecoveryCode("staff", "hash-0"), WrongCodeError)
    renewed.when(c.UseRecoveryCode("staff", "hash-8")).then(e.RecoveryCodeUsed)
    NOTHING.refuses(c.RenewRecoveryCodes("staff", HASHES), NoAuthenticatorError)


def test_a_second_authenticator_leaves_the_recovery_codes_as_they_are() -> None:
    both = with_totp().when(new_passkey()).then(e.PasskeyAdded)
    assert both.state.codes_left == 3


@pytest.mark.promise("C7.3")
def test_staff_keep_one_authenticator_and_learners_may_do_without() -> None:
    one = with_totp()
    one.refuses(c.RemoveTotp("staff"), LastAuthenticatorError)
    passkey_alone = one.when(new_passkey()).when(c.RemoveTotp("staff")).then(e.TotpRemoved)
    passkey_alone.refuses(c.RemovePasskey("staff", "passkey-1"), LastAuthenticatorError)
    none = one.when(c.RemoveTotp("learner")).then(e.TotpRemoved)
    assert (none.state.enrolled, none.state.codes_left) == (False, 0)
    none.when(c.RemoveTotp("learner")).then()
    none.when(c.RemovePasskey("learner", "passkey-9")).then()
    none.refuses(c.UseRecoveryCode("learner", "hash-0"), WrongCodeError)


@pytest.mark.promise("C7.3")
def test_a_passkey_that_counts_has_to_count_on() -> None:
    counting = NOTHING.when(new_passkey(sign_count=4)).then(e.PasskeyAdded, e.RecoveryCodesMade)
    used = counting.when(c.UsePasskey("passkey-1", 5, NOW)).then(e.PasskeyUsed)
    assert used.state.passkeys["passkey-1"].used_at == NOW
    for behind in (0, 4, 5):
        used.refuses(c.UsePasskey("passkey-1", behind, NOW), PasskeyCopiedError)
    used.refuses(c.UsePasskey("passkey-2", 6, NOW), NoAuthenticatorError)


def test_a_synced_passkey_never_counts() -> None:
    story = NOTHING.when(new_passkey())
    story.when(c.UsePasskey("passkey-1", 0, NOW)).when(c.UsePasskey("passkey-1", 0, NOW)).then(
        e.PasskeyUsed
    )


def test_an_account_has_several_passkeys_each_once() -> None:
    both = NOTHING.when(new_passkey(1)).when(new_passkey(2)).then(e.PasskeyAdded)
    both.when(new_passkey(2)).then()
    assert both.state.named("credential-2") == "passkey-2"
    left = both.when(c.RemovePasskey("staff", "passkey-1")).then(e.PasskeyRemoved)
    assert left.state.named("credential-1") is None


@pytest.mark.promise("C7.3")
def test_a_reset_needs_a_second_person_within_a_week() -> None:
    ask = c.AskReset("staff", "admin-1", by_system=False, at=NOW, until=NOW + WEEK)
    NOTHING.refuses(ask, NoAuthenticatorError)
    asked = with_totp().when(ask).then(e.ResetAsked)
    assert asked.state.enrolled
    for same in ("admin-1", ME):
        asked.refuses(c.ConfirmReset("staff", same, NOW), SamePersonError)
    asked.refuses(c.ConfirmReset("staff", "admin-2", NOW + WEEK), ResetOverError)
    done = asked.when(c.ConfirmReset("staff", "admin-2", NOW)).then(e.AuthenticatorsReset)
    assert not done.state.enrolled
    done.refuses(c.ConfirmReset("staff", "admin-2", NOW), ResetOverError)


def test_the_system_resets_at_once() -> None:
    ask = c.AskReset("staff", "system", by_system=True, at=NOW, until=NOW + WEEK)
    assert not with_totp().when(ask).then(e.AuthenticatorsReset).state.enrolled


@pytest.mark.promise("C8.4")
def test_what_was_erased_opens_nothing() -> None:
    erased: Personal[str] = Personal(Erased(category=Category.CREDENTIALS))
    state = NO_AUTHENTICATORS
    for event in with_totp().when(new_passkey()).events:
        state = evolve(state, event.model_copy(update={"credential_id": erased}))
    assert state.named("credential-1") is None
    codes = e.RecoveryCodesMade(account_id=ME, holder="staff", hashes=erased, renewed=False)
    assert evolve(state, codes).hashes == ()


@given(st.permutations(range(6)))
def test_a_refused_command_changes_nothing(order: list[int]) -> None:
    """Whatever comes after what, `decide` returns events or refuses, and `evolve` never raises."""
    commands: list[c.AuthenticatorCommand] = [
        PROPOSE,
        CONFIRM,
        new_passkey(),
        c.RemoveTotp("staff"),
        c.UseRecoveryCode("staff", "hash-0"),
        c.RemovePasskey("staff", "passkey-1"),
    ]
    state = NO_AUTHENTICATORS
    for number in order:
        try:
            events = decide(commands[number], state)
        except IdentityError:
            continue
        had = state.enrolled
        for event in events:
            state = evolve(state, event)
        assert state.enrolled or not had


LOST: Final = c.AskReturn(
    holder="learner",
    link_id="link-1",
    token=Personal("take"),
    stop_token=Personal("stop"),
    previous_email=None,
    at=NOW,
    opens_at=NOW + WEEK,
    until=NOW + 2 * WEEK,
)


@pytest.mark.promise("C7.3")
def test_who_lost_every_factor_is_back_after_a_week_by_a_link_that_serves_once() -> None:
    asked = with_totp().when(LOST).then(e.ReturnAsked)
    asked.when(replace(LOST, link_id="link-2", at=NOW + WEEK)).then()
    early = c.TakeReturn("link-1", NOW + WEEK - timedelta(seconds=1))
    asked.refuses(early, ReturnTooEarlyError)
    asked.refuses(c.TakeReturn("link-2", NOW + WEEK), LinkSpentError)
    asked.refuses(c.TakeReturn("link-1", NOW + 2 * WEEK), LinkSpentError)
    back = asked.when(c.TakeReturn("link-1", NOW + WEEK)).then(e.AuthenticatorsReset)
    assert not back.state.enrolled
    back.refuses(c.TakeReturn("link-1", NOW + WEEK), LinkSpentError)


@pytest.mark.promise("C7.3")
def test_the_way_back_is_stopped_by_a_press_or_by_any_use_of_a_factor() -> None:
    asked = with_totp().when(new_passkey()).when(LOST)
    asked.refuses(c.StopReturn("link-2"), LinkSpentError)
    take = c.TakeReturn("link-1", NOW + WEEK)
    for end in (
        c.StopReturn("link-1"),
        c.UseCode(101, NOW),
        c.UseRecoveryCode("learner", "hash-1"),
        c.UsePasskey("passkey-1", 0, NOW),
    ):
        asked.when(end).refuses(take, LinkSpentError)


@pytest.mark.promise("C7.3")
def test_of_staff_a_second_administrator_removes_what_was_lost_and_nobody_else() -> None:
    with_totp().refuses(replace(LOST, holder="staff"), NoAuthenticatorError)
    NOTHING.refuses(LOST, NoAuthenticatorError)


def test_a_passkey_is_renamed_and_opens_the_account_as_before() -> None:
    story = NOTHING.when(new_passkey()).when(c.RenamePasskey("passkey-1", Personal("Clé USB")))
    assert story.state.passkeys["passkey-1"].name == Personal("Clé USB")
    story.when(c.UsePasskey("passkey-1", 0, NOW)).then(e.PasskeyUsed)
    story.refuses(c.RenamePasskey("passkey-2", Personal("autre")), NoAuthenticatorError)
