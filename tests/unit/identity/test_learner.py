"""The learner's account: registration, confirmation, minority, rectification, closure."""

from dataclasses import replace

import pytest

from services.identity.domain.errors import (
    AccountBlockedError,
    AccountClosedError,
    AccountUnconfirmedError,
    GuardianRequiredError,
    UnknownAccountError,
    UnknownZoneError,
)
from services.identity.domain.learner import commands as c
from services.identity.domain.learner import events as e
from services.identity.domain.learner.decide import decide
from services.identity.domain.learner.evolve import evolve
from services.identity.domain.learner.state import NO_LEARNER, AccountState
from shared.personal import Category, Erased, Personal, personal_fields
from tests.unit.identity.given import ADULT, MINOR, NOW, Given, registration

NOBODY = Given(decide, evolve, NO_LEARNER)
GUARDIAN = "parent@canari.test"


def registered() -> Given:
    return NOBODY.when(registration(ADULT))


def opened() -> Given:
    return registered().when(c.ConfirmEmail())


def blocked() -> Given:
    return NOBODY.when(registration(MINOR, GUARDIAN)).when(c.ConfirmEmail())


def closed() -> Given:
    return opened().when(c.CloseAccount(reason="learner"))


@pytest.mark.promise("C1.2")
def test_an_adult_gets_an_account_that_waits_for_the_address_to_be_confirmed() -> None:
    story = registered().then(e.AccountRequested, e.PasswordSet, e.ConfirmationRequested)
    assert story.state.state is AccountState.UNCONFIRMED
    story.refuses(c.RecordSignIn(), AccountUnconfirmedError)
    assert story.when(c.ConfirmEmail()).then(e.AddressConfirmed).state.state is AccountState.OPEN


@pytest.mark.promise("C1.1", "C1.2")
def test_registration_collects_names_address_telephone_and_nothing_else() -> None:
    identity = {"first_name", "last_name", "adult_on"}
    contact = {"email", "telephone"}
    fields = personal_fields(e.AccountRequested)
    assert {n for n, f in fields.items() if f.category is Category.CIVIL_IDENTITY} == identity
    assert {n for n, f in fields.items() if f.category is Category.CONTACT} == contact
    assert set(fields) == identity | contact


def test_a_repeated_registration_changes_nothing() -> None:
    registered().when(registration(ADULT)).then()


def test_nothing_can_be_asked_of_an_account_that_is_not_there() -> None:
    for command in (c.ConfirmEmail(), c.RecordSignIn(), c.CloseAccount(reason="learner")):
        NOBODY.refuses(command, UnknownAccountError)


def test_the_confirmation_link_is_sent_anew_until_it_was_used() -> None:
    again = c.RequestConfirmation(Personal("token-3"))
    registered().when(again).then(e.ConfirmationRequested)
    opened().when(again).then()
    opened().when(c.ConfirmEmail()).then()


@pytest.mark.promise("C11.1")
def test_a_minor_without_a_guardian_is_refused() -> None:
    NOBODY.refuses(registration(MINOR), GuardianRequiredError)


@pytest.mark.promise("C11.1", "C11.2")
def test_a_minor_is_blocked_until_the_guardian_agrees() -> None:
    NOBODY.when(registration(MINOR, GUARDIAN)).then(
        e.AccountRequested, e.PasswordSet, e.ConfirmationRequested, e.MinorityEstablished,
        e.AccountSuspended, e.GuardianAsked,
    )  # fmt: skip
    story = blocked()
    assert story.state.state is AccountState.BLOCKED
    story.refuses(c.DescribeProfile(goals=Personal("x")), AccountBlockedError)
    agrees = c.GrantGuardianAgreement("agreement-1", Personal("revokes"), NOW)
    agreed = story.when(agrees).then(e.GuardianAgreed)
    assert agreed.state.state is AccountState.OPEN
    agreed.when(c.DescribeProfile(goals=Personal("x"))).then(e.ProfileTold)
    agreed.when(agrees).then()


@pytest.mark.promise("C11.2", "C8.1")
def test_a_blocked_account_can_be_looked_at_once_the_address_is_proven() -> None:
    NOBODY.when(registration(MINOR, GUARDIAN)).refuses(c.RecordSignIn(), AccountUnconfirmedError)
    blocked().when(c.RecordSignIn()).then(e.SignedIn)


@pytest.mark.promise("C11.1")
def test_an_adults_guardian_is_neither_asked_nor_kept() -> None:
    story = NOBODY.when(registration(ADULT, GUARDIAN))
    story.then(e.AccountRequested, e.PasswordSet, e.ConfirmationRequested)
    assert not story.state.minor


@pytest.mark.promise("C7.2")
def test_a_sign_in_replaces_a_hash_made_with_old_parameters() -> None:
    opened().when(c.RecordSignIn()).then(e.SignedIn)
    story = opened().when(c.RenewPasswordHash(Personal("hash-2"))).then(e.PasswordSet)
    assert story.state.password_hash == Personal("hash-2")


@pytest.mark.promise("C8.2")
def test_a_rectification_records_what_changed_and_nothing_else() -> None:
    same = c.RectifyLearner(first_name=Personal("Prénom"), language="fr")
    opened().when(same).then()
    story = opened().when(c.RectifyLearner(first_name=Personal("Corrigé"), last_name=None))
    (event,) = story.then(e.Rectified).events
    assert (event.first_name, event.last_name, event.telephone) == (Personal("Corrigé"), None, None)
    assert story.state.first_name == Personal("Corrigé")
    assert story.state.last_name == Personal("Nom")


@pytest.mark.promise("C1.6")
def test_a_profile_is_told_piece_by_piece() -> None:
    story = opened().when(c.DescribeProfile(goals=Personal("but")))
    story = story.when(c.DescribeProfile(goals=Personal("but"), pace=Personal("lent")))
    (event,) = story.then(e.ProfileTold).events
    assert event.goals is None
    assert story.state.profile == {"goals": Personal("but"), "pace": Personal("lent")}


@pytest.mark.promise("C2.5")
def test_a_closed_account_does_nothing_any_more() -> None:
    story = closed().then(e.Closed)
    assert story.state.state is AccountState.CLOSED
    story.when(c.CloseAccount(reason="erasure")).then()
    story.when(c.RecordSignOut()).then()
    for command in (
        c.RecordSignIn(),
        c.ConfirmEmail(),
        c.GrantGuardianAgreement("agreement-1", Personal("revokes"), NOW),
        c.RectifyLearner(first_name=Personal("Autre")),
    ):
        story.refuses(command, AccountClosedError)


@pytest.mark.promise("C8.4")
def test_a_history_whose_values_are_gone_still_folds() -> None:
    gone: Personal[str] = Personal(Erased(category=Category.CIVIL_IDENTITY))
    account = e.AccountRequested(
        learner_id=registration().learner_id, first_name=gone, last_name=gone, email=gone,
        telephone=gone, language="fr", minor=False,
    )  # fmt: skip
    state = evolve(evolve(NO_LEARNER, account), e.AddressConfirmed(learner_id=account.learner_id))
    assert state.state is AccountState.OPEN
    assert state.first_name is not None
    assert state.first_name.is_erased


def test_commands_never_show_what_is_personal() -> None:
    shown = repr(registration(ADULT, GUARDIAN))
    for value in ("Prénom", "canari@", "3363998", "1990", "hash-1", "token-1", "parent@"):
        assert value not in shown


def in_zone(zone: str) -> c.ChooseZone:
    return c.ChooseZone(Personal(zone))


def test_a_learner_lives_by_the_clock_of_paris_until_another_zone_is_chosen() -> None:
    opened().when(in_zone("Europe/Paris")).then()
    story = opened().when(in_zone("Indian/Reunion")).then(e.ZoneChosen)
    assert story.state.zone == Personal("Indian/Reunion")
    story.when(in_zone("Indian/Reunion")).then()
    story.when(in_zone("Europe/Paris")).then(e.ZoneChosen)
    assert personal_fields(e.ZoneChosen)["zone"].category is Category.CIVIL_IDENTITY


@pytest.mark.parametrize("name", ["", "Europe/Atlantis", "UTC+4", "../etc/localtime", "Etc/GMT+5"])
def test_only_zones_named_after_a_place_can_be_chosen(name: str) -> None:
    opened().refuses(in_zone(name), UnknownZoneError)


def test_a_closed_account_chooses_no_zone() -> None:
    closed().refuses(in_zone("Indian/Reunion"), AccountClosedError)


def test_a_zone_told_at_registration_is_a_fact_of_its_own_and_paris_is_none() -> None:
    elsewhere = replace(registration(ADULT), zone=Personal("Indian/Reunion"))
    at_home = replace(registration(ADULT), zone=Personal("Europe/Paris"))
    NOBODY.when(at_home).then(e.AccountRequested, e.PasswordSet, e.ConfirmationRequested)
    story = NOBODY.when(elsewhere).then(
        e.AccountRequested, e.PasswordSet, e.ConfirmationRequested, e.ZoneChosen
    )
    assert story.state.zone == Personal("Indian/Reunion")
