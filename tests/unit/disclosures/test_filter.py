"""The filter of official demands: nothing outside the scope is ever disclosed (C6.2)."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.disclosures.filter import OF_OTHERS, SECRETS, counts, sift, withheld_counts
from shared.disclosures.part import LARGEST, packed, part_json, unpacked, values_of
from shared.events.demands import DemandScope
from shared.held_data import HeldDatum
from shared.personal import Category

PARIS = ZoneInfo("Europe/Paris")
PERSONS = ("p1", "p2", "p3")
FIRST = datetime(2028, 12, 1, tzinfo=UTC)
FIELDS = ("first_name", "email", "guardian_email", "guardian_name", "password_hash", "token", "x")

scopes = st.builds(
    DemandScope,
    persons=st.lists(st.sampled_from(PERSONS), unique=True).map(tuple),
    categories=st.lists(st.sampled_from(list(Category)), unique=True).map(tuple),
    since=st.none() | st.dates(date(2029, 1, 1), date(2031, 1, 1)),
    until=st.none() | st.dates(date(2029, 1, 1), date(2031, 1, 1)),
)


@st.composite
def data(draw: st.DrawFn) -> HeldDatum:
    erased = draw(st.booleans())
    return HeldDatum(
        category=draw(st.sampled_from(list(Category))),
        field=draw(st.sampled_from(FIELDS)),
        value=None if erased else draw(st.text(max_size=5)),
        erased=erased,
        recorded_at=FIRST + timedelta(minutes=draw(st.integers(0, 1_200_000))),
        source="learning",
    )


@pytest.mark.promise("C6.2")
@given(person=st.sampled_from(PERSONS), held=st.lists(data(), max_size=20), scope=scopes)
def test_nothing_outside_the_scope_is_disclosed_and_nothing_is_lost(
    person: str, held: list[HeldDatum], scope: DemandScope
) -> None:
    sifted = sift(person, held, scope)
    for datum in sifted.disclosed:
        day = datum.recorded_at.astimezone(PARIS).date()
        assert person in scope.persons
        assert datum.category in scope.categories
        assert scope.since is None or scope.since <= day
        assert scope.until is None or day <= scope.until
        assert datum.value is not None
        assert not datum.erased
        assert datum.field not in OF_OTHERS | SECRETS
    assert len(sifted.disclosed) + len(sifted.withheld) == len(held)
    told = sum(one.count for one in counts(person, sifted.disclosed))
    stays = sum(one.count for one in withheld_counts(person, sifted.withheld))
    assert (told, stays) == (len(sifted.disclosed), len(sifted.withheld))


@pytest.mark.promise("C6.2")
@given(held=st.lists(data(), max_size=20), scope=scopes)
def test_what_a_wider_scope_withholds_a_narrower_one_withholds_too(
    held: list[HeldDatum], scope: DemandScope
) -> None:
    whole = DemandScope(persons=PERSONS, categories=tuple(Category))
    for person in PERSONS:
        wide = {id(one) for one in sift(person, held, whole).disclosed}
        assert {id(one) for one in sift(person, held, scope).disclosed} <= wide


def _datum(at: datetime, **fields: object) -> HeldDatum:
    given = {"category": Category.CONTACT, "field": "email", "value": "a@canari.test"}
    return HeldDatum.model_validate({**given, "recorded_at": at, "source": "identity", **fields})


@pytest.mark.parametrize(
    ("datum", "reason"),
    [
        # Half past midnight in Paris is the day before in UTC.
        (_datum(datetime(2030, 6, 30, 22, 30, tzinfo=UTC)), None),
        (_datum(datetime(2030, 6, 30, 21, 30, tzinfo=UTC)), "date"),
        (_datum(datetime(2030, 8, 1, 0, 0, tzinfo=PARIS)), "date"),
        (_datum(datetime(2030, 7, 2, tzinfo=UTC), category=Category.SUPPORT), "category"),
        (_datum(datetime(2030, 7, 2, tzinfo=UTC), field="guardian_email"), "others"),
        (_datum(datetime(2030, 7, 2, tzinfo=UTC), field="token"), "secret"),
        (_datum(datetime(2030, 7, 2, tzinfo=UTC), value=None, erased=True), "erased"),
    ],
)
def test_each_value_that_stays_has_its_reason(datum: HeldDatum, reason: str | None) -> None:
    scope = DemandScope(
        persons=("p1",),
        categories=(Category.CONTACT,),
        since=date(2030, 7, 1),
        until=date(2030, 7, 31),
    )
    assert [why for _, why in sift("p1", [datum], scope).withheld] == [reason] * (
        reason is not None
    )
    assert [why for _, why in sift("p2", [datum], scope).withheld] == ["person"]


@given(st.binary(max_size=2000))
@example(b"")
def test_a_part_comes_out_as_it_went_in(content: bytes) -> None:
    text = packed(content)
    assert text is not None
    assert unpacked(text) == content


def test_a_part_is_the_same_bytes_for_the_same_values_and_too_large_ones_are_refused() -> None:
    datum = _datum(datetime(2030, 7, 2, tzinfo=UTC), value="é" * 10)
    content = part_json("identity", {"p2": [datum], "p1": []})
    assert content == part_json("identity", {"p1": [], "p2": [datum]})
    assert values_of(content)["p2"][0]["value"] == "é" * 10
    noise = b"".join(sha256(bytes([one % 256, one // 256])).digest() for one in range(9000))
    assert len(noise) > LARGEST
    assert packed(noise) is None, "and what cannot be made smaller is not cut"
