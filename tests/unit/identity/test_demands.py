"""Official demands: given, when, then (C6.2, C9.4)."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.adapters.disclosure_file import disclosure_file
from services.identity.domain.demand import commands as c
from services.identity.domain.demand import errors
from services.identity.domain.demand import events as e
from services.identity.domain.demand.decide import KEPT_FOR, decide
from services.identity.domain.demand.evolve import evolve
from services.identity.domain.demand.manifest import list_digest
from services.identity.domain.demand.state import NO_DEMAND, may_tell
from services.identity.domain.errors import IdentityError
from shared.disclosures.filter import counts, sift, withheld_counts
from shared.disclosures.part import part_json
from shared.events.demands import CHECKED_POINTS, CONTRIBUTORS, DemandScope
from shared.held_data import HeldDatum
from shared.packaging import sha256_of
from shared.personal import Category
from tests.unit.identity.given import Given

AT = datetime(2030, 3, 15, 9, tzinfo=UTC)
SCOPE = DemandScope(
    persons=("person-1",),
    categories=(Category.CONTACT, Category.CIVIL_IDENTITY),
    since=date(2030, 1, 1),
)
NOTE = c.RegisterDemand(
    demand_id="demand-1",
    kind="judicial",
    authority="prosecutor",
    basis=e.Basis(article="cpp-77-1-1", reference="PV-2030-17"),
    received_at=AT,
    due_at=AT + timedelta(days=8),
    scope=SCOPE,
    unknown_persons=0,
    bans=e.Bans(),
    document_id=None,
    document_name=None,
    media_type=None,
    by="officer-1",
    at=AT,
)
ALL_HOLD = c.CheckDemand(dict.fromkeys(CHECKED_POINTS, True), "officer-1")
PREPARE = c.PrepareDisclosure("disclosure-1", "officer-1", AT)
APPROVE = c.ApproveDisclosure("disclosure-1", "officer-2")
DELIVER = c.DeliverDisclosure("disclosure-1", "f" * 64, "officer-1", AT)
NOTHING = Given(decide, evolve, NO_DEMAND)
NOTED = NOTHING.when(NOTE)
CHECKED = NOTED.when(ALL_HOLD)
PREPARED = CHECKED.when(PREPARE)


def part(service: str, **fields: object) -> c.TakePart:
    known = {"service": service, "sha256": "a" * 64, "size": 2, "too_large": False}
    told = e.Part.model_validate({**known, "disclosed": (), "withheld": (), **fields})
    return c.TakePart("disclosure-1", told)


def composed(story: Given = PREPARED) -> Given:
    for service in sorted(CONTRIBUTORS):
        story = story.when(part(service)).then(e.PartTaken)
    return story


COMPOSED = composed()
DELIVERED = COMPOSED.when(APPROVE).when(DELIVER)


@pytest.mark.promise("C6.2", "C9.4")
def test_a_demand_is_noted_checked_composed_approved_and_handed_over_once() -> None:
    NOTED.then(e.DemandNoted).when(NOTE).then()
    CHECKED.then(e.PointsChecked)
    PREPARED.then(e.DisclosurePrepared).when(PREPARE).then()
    approved = COMPOSED.when(APPROVE).then(e.DisclosureAgreed)
    assert approved.events[0].sha256 == list_digest(COMPOSED.state.disclosure.parts)
    approved.when(APPROVE).then()
    DELIVERED.then(e.DisclosureDelivered, e.DemandEnded)
    DELIVERED.refuses(DELIVER, errors.NoDisclosureError)
    assert DELIVERED.state.outcome == "disclosed"
    assert DELIVERED.state.given.parts == COMPOSED.state.disclosure.parts


@pytest.mark.promise("C6.2")
def test_a_demand_in_bulk_is_contested_by_rule_and_answered_only_once_it_names_somebody() -> None:
    bulk = SCOPE.model_copy(update={"persons": ()})
    story = NOTHING.when(replace(NOTE, scope=bulk)).then(e.DemandNoted, e.ContestBegun)
    assert (story.events[1].reasons, story.events[1].by_rule) == (("bulk",), True)
    checked = story.when(ALL_HOLD)
    checked.refuses(PREPARE, errors.DemandContestedError)
    maintained = checked.when(c.SettleContest("maintained", AT))
    maintained.refuses(PREPARE, errors.NobodyNamedError)
    checked.refuses(c.SettleContest("narrowed", AT, bulk), errors.WiderScopeError)
    narrowed = checked.when(c.SettleContest("narrowed", AT, SCOPE)).then(e.ContestSettled)
    assert narrowed.when(PREPARE).events[0].scope == SCOPE
    unknown = NOTHING.when(replace(NOTE, scope=bulk, unknown_persons=1))
    unknown.then(e.DemandNoted)


@pytest.mark.promise("C6.2")
@pytest.mark.parametrize(
    "wider",
    [
        {"persons": ("person-1", "person-2")},
        {"categories": (*SCOPE.categories, Category.SUPPORT)},
        {"since": None},
        {"since": date(2029, 12, 31)},
    ],
)
def test_what_is_called_narrower_cannot_ask_for_more(wider: dict[str, object]) -> None:
    contested = NOTED.when(c.ContestDemand(("disproportionate",), "court", None))
    scope = SCOPE.model_copy(update=wider)
    contested.refuses(c.SettleContest("narrowed", AT, scope), errors.WiderScopeError)


@pytest.mark.promise("C6.2")
@pytest.mark.parametrize("point", CHECKED_POINTS)
def test_every_point_of_the_check_has_to_hold(point: str) -> None:
    NOTED.refuses(PREPARE, errors.DemandUncheckedError)
    answers = {one: one != point for one in CHECKED_POINTS}
    failing = CHECKED.when(c.CheckDemand(answers, "officer-1"))
    assert failing.state.failed == (point,)
    failing.refuses(PREPARE, errors.DemandUncheckedError)
    # What was composed before is given up with it.
    COMPOSED.when(c.CheckDemand(answers, "x")).then(e.PointsChecked, e.DisclosureGivenUp)


@pytest.mark.promise("C6.2")
def test_contesting_stops_everything_until_it_is_settled() -> None:
    contest = c.ContestDemand(("not_competent",), "court", AT + timedelta(days=20))
    contested = COMPOSED.when(contest).then(e.ContestBegun, e.DisclosureGivenUp)
    contested.refuses(contest, errors.DemandContestedError)
    contested.refuses(PREPARE, errors.DemandContestedError)
    contested.refuses(APPROVE, errors.DemandContestedError)
    aside = contested.when(c.SettleContest("set_aside", AT))
    aside.then(e.ContestSettled, e.DemandEnded)
    assert aside.state.outcome == "set_aside"
    NOTED.refuses(c.SettleContest("maintained", AT), errors.NotContestedError)


@pytest.mark.promise("C6.2")
def test_nobody_approves_alone_and_nothing_incomplete() -> None:
    COMPOSED.refuses(replace(APPROVE, by="officer-1"), errors.SamePreparerError)
    COMPOSED.refuses(DELIVER, errors.UnapprovedError)
    PREPARED.refuses(APPROVE, errors.DisclosureIncompleteError)
    COMPOSED.refuses(replace(APPROVE, disclosure_id="another"), errors.NoDisclosureError)
    large = PREPARED
    for service in sorted(CONTRIBUTORS):
        large = large.when(part(service, too_large=service == "learning"))
    large.refuses(APPROVE, errors.DisclosureIncompleteError)
    declined = COMPOSED.when(c.EndDisclosure("disclosure-1", "declined", "officer-2"))
    declined.then(e.DisclosureGivenUp).refuses(APPROVE, errors.NoDisclosureError)
    own = c.EndDisclosure("disclosure-1", "declined", "officer-1")
    COMPOSED.refuses(own, errors.SamePreparerError)


@pytest.mark.promise("C6.2")
def test_what_was_approved_is_frozen() -> None:
    approved = COMPOSED.when(APPROVE)
    approved.refuses(replace(PREPARE, disclosure_id="d2"), errors.AlreadyApprovedError)
    approved.refuses(ALL_HOLD, errors.AlreadyApprovedError)
    approved.when(part("learning", sha256="b" * 64)).then()
    before = COMPOSED.when(part("learning", sha256="b" * 64)).then()
    assert before.state == COMPOSED.state
    again = COMPOSED.when(replace(PREPARE, disclosure_id="d2"))
    again.then(e.DisclosureGivenUp, e.DisclosurePrepared).when(part("learning")).then()


@pytest.mark.promise("C6.2", "C2.11")
def test_what_is_prepared_goes_with_an_erasure_and_after_thirty_days() -> None:
    erased = c.EndDisclosure("disclosure-1", "erased", "system")
    COMPOSED.when(APPROVE).when(erased).then(e.DisclosureGivenUp)
    old = COMPOSED.when(c.FollowDemand(AT + KEPT_FOR))
    assert [type(one) for one in old.events] == [e.DisclosureGivenUp, e.TermReminded]
    closed = COMPOSED.when(c.CloseDemand("withdrawn", "officer-1"))
    closed.then(e.DisclosureGivenUp, e.DemandEnded)
    closed.refuses(PREPARE, errors.DemandClosedError)


def test_a_file_that_was_lost_is_prepared_and_approved_anew_and_told_once() -> None:
    again = replace(PREPARE, disclosure_id="d2")
    story = DELIVERED.when(again).then(e.DisclosurePrepared)
    story.refuses(replace(DELIVER, disclosure_id="d2"), errors.UnapprovedError)
    assert story.state.given.disclosure_id == "disclosure-1"


@pytest.mark.parametrize(
    ("days", "stage"), [(3, None), (4, "half"), (6, "three_quarters"), (8, "overdue")]
)
def test_the_officer_is_reminded_once_at_each_stage(days: int, stage: str | None) -> None:
    follow = c.FollowDemand(AT + timedelta(days=days))
    story = NOTED.when(follow)
    assert [one.stage for one in story.events] == [stage] * (stage is not None)
    story.when(follow).then()
    NOTHING.when(replace(NOTE, due_at=None)).when(follow).then()


@pytest.mark.promise("C6.2")
def test_the_persons_are_told_at_once_or_when_the_ban_ends_however_often_it_is_extended() -> None:
    assert DELIVERED.state.owes_telling(AT)
    assert not COMPOSED.state.owes_telling(AT), "nothing has been disclosed"
    end = AT + timedelta(days=30)
    secret = DELIVERED.when(c.ChangeSecrecy(e.Bans(secrecy="until", until=end), AT))
    secret.then(e.SecrecyChanged)
    assert not secret.state.owes_telling(end - timedelta(seconds=1))
    assert secret.state.owes_telling(end)
    later = secret.when(c.ChangeSecrecy(e.Bans(secrecy="until", until=end + timedelta(days=9)), AT))
    assert not later.state.owes_telling(end)
    unlimited = later.when(c.ChangeSecrecy(e.Bans(secrecy="open"), AT))
    assert not unlimited.state.owes_telling(end + timedelta(days=4000))
    lifted = unlimited.when(c.ChangeSecrecy(e.Bans(), AT))
    assert lifted.state.owes_telling(AT)
    assert lifted.state.was_secret
    told = lifted.when(c.NoteTold(("person-1",), ())).then(e.PersonsTold)
    told.when(c.NoteTold((), ("person-1",))).then()
    assert not told.state.owes_telling(end)
    told.refuses(c.ChangeSecrecy(e.Bans(secrecy="open"), AT), errors.AlreadyToldError)
    past = c.ChangeSecrecy(e.Bans(secrecy="until", until=AT), AT)
    NOTED.refuses(past, errors.SecrecyDateError)
    NOTHING.refuses(replace(NOTE, bans=past.bans), errors.SecrecyDateError)


@given(st.sampled_from(["none", "until", "open"]), st.integers(-5, 5))
def test_nobody_is_told_while_the_law_forbids_it(secrecy: str, hours: int) -> None:
    bans = e.Bans.model_validate({"secrecy": secrecy, "until": AT})
    told = may_tell(bans, AT + timedelta(hours=hours))
    assert told == (secrecy == "none" or (secrecy == "until" and hours >= 0))


commands = st.sampled_from(
    [
        ALL_HOLD,
        c.CheckDemand({}, "x"),
        c.ContestDemand(("bulk",), "court", None),
        c.SettleContest("maintained", AT),
        PREPARE,
        *(part(service) for service in sorted(CONTRIBUTORS)),
        APPROVE,
        replace(APPROVE, by="officer-1"),
        DELIVER,
        c.EndDisclosure("disclosure-1", "declined", "officer-2"),
        c.CloseDemand("refused", "x"),
        c.FollowDemand(AT + timedelta(days=40)),
    ]
)


@pytest.mark.promise("C6.2")
@given(st.lists(commands, max_size=25))
def test_nothing_is_ever_handed_over_unchecked_contested_incomplete_or_by_one_person_alone(
    story: list[c.DemandCommand],
) -> None:
    state, agreed = NOTED.state, False
    for command in story:
        try:
            events = decide(command, state)
        except IdentityError:
            continue
        if any(isinstance(one, e.DisclosureDelivered) for one in events):
            assert agreed
            assert state.checked
            assert not state.failed
            assert not state.contested
            assert {one.service for one in state.disclosure.parts} == CONTRIBUTORS
        for event in events:
            agreed = agreed or isinstance(event, e.DisclosureAgreed)
            if isinstance(event, e.DisclosureAgreed):
                assert event.agreed_by != state.disclosure.prepared_by
            if isinstance(event, e.DisclosureGivenUp | e.DisclosurePrepared):
                agreed = False
            state = evolve(state, event)


@pytest.mark.promise("C6.2")
def test_the_file_has_what_is_within_the_scope_and_not_even_the_number_of_the_rest() -> None:
    held = [
        _held("Canari", Category.CIVIL_IDENTITY, "first_name"),
        _held("dehors", Category.SUPPORT, "message"),
        _held("avant", Category.CONTACT, "email", at=AT - timedelta(days=400)),
        _held("tiers", Category.CONTACT, "guardian_email"),
    ]
    sifted = sift("person-1", held, SCOPE)
    contents = {"identity": part_json("identity", {"person-1": sifted.disclosed})}
    story = PREPARED.when(
        part(
            "identity",
            sha256=sha256_of(contents["identity"]),
            disclosed=counts("person-1", sifted.disclosed),
            withheld=withheld_counts("person-1", sifted.withheld),
        )
    )
    one = story.state.disclosure
    packed = disclosure_file(story.state, one, contents)
    assert packed == disclosure_file(story.state, one, contents), "the same bytes each time"
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert files["donnees/identity.json"] == contents["identity"]
    manifest = json.loads(files["manifest.json"])
    assert {file["name"]: file["sha256"] for file in manifest["files"]} == {
        name: sha256_of(content) for name, content in files.items() if name != "manifest.json"
    }
    whole = b"".join(files.values()).decode()
    assert "Canari" in whole
    assert "donnée d’un tiers" in whole, "what was asked for and stays is said"
    for outside in ("dehors", "avant", "tiers@", "support", "assistance", "message"):
        assert outside not in whole


def _held(value: str, category: Category, field: str, at: datetime = AT) -> HeldDatum:
    return HeldDatum(category=category, field=field, value=value, recorded_at=at, source="identity")
