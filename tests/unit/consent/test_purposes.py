"""The texts people decide on: complete, in both languages, with consequences."""

from pathlib import Path
from typing import get_args

import pytest
import yaml

from services.consent.adapters.purposes_file import FILE, load_purposes
from services.consent.application.read import consents_view, held_decisions
from services.consent.domain.errors import TextChangedError, UnknownPurposeError
from services.consent.domain.evolve import evolve
from services.consent.domain.purposes import Language, shown
from services.consent.domain.state import ConsentState
from shared.events.consent import ObjectionPurpose, Purpose
from shared.settings import ConfigurationError
from tests.unit.consent.test_deciding import CLOSED, GRANTED, NOON, RAISED

PURPOSES = load_purposes()


@pytest.mark.promise("C9.2")
def test_every_purpose_that_rests_on_consent_has_its_own_text() -> None:
    assert {one.purpose for one in PURPOSES.consents} == set(get_args(Purpose))
    texts = [one.current.text.fr for one in PURPOSES.consents]
    assert len(set(texts)) == len(texts)


@pytest.mark.promise("C8.3")
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_objection_explains_its_consequences_before_the_choice(language: Language) -> None:
    view = consents_view(ConsentState(), PURPOSES, language)

    assert {one.purpose for one in view.objections} == set(get_args(ObjectionPurpose))
    assert all(len(one.consequences) >= 3 for one in view.objections)
    assert not any(one.raised for one in view.objections)


def test_the_view_gives_state_and_date_of_each_decision() -> None:
    state = evolve(ConsentState(), GRANTED)
    by_purpose = {one.purpose: one for one in consents_view(state, PURPOSES, "fr").consents}
    newsletter, events = by_purpose["newsletter"], by_purpose["events"]

    assert (newsletter.granted, newsletter.decision, newsletter.decided_at) == (
        True,
        "granted",
        NOON,
    )
    assert (events.granted, events.decision, events.decided_at) == (False, None, None)


@pytest.mark.promise("C9.2")
def test_a_consent_to_a_text_no_longer_in_force_is_refused() -> None:
    with pytest.raises(TextChangedError):
        shown(PURPOSES.consent("newsletter"), "fr", "newsletter-1999-01")


def test_an_unknown_purpose_is_refused() -> None:
    with pytest.raises(UnknownPurposeError):
        PURPOSES.consent("resale")


@pytest.mark.promise("C8.1")
def test_decisions_are_shown_as_data_held_until_the_account_is_erased() -> None:
    state = evolve(evolve(ConsentState(), GRANTED), RAISED)

    assert [(one.field, one.value, one.recorded_at) for one in held_decisions(state, [])] == [
        ("consent:newsletter", "granted", NOON),
        ("objection:suggestions", "raised", NOON),
    ]
    assert held_decisions(evolve(state, CLOSED), []) == []


@pytest.mark.parametrize("defect", ["missing", "twice", "untranslated"])
def test_a_defective_file_of_purposes_is_refused_in_one_line(tmp_path: Path, defect: str) -> None:
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    if defect == "missing":
        data["consents"].pop()
    elif defect == "twice":
        data["consents"].append(data["consents"][0])
    else:
        del data["objections"][0]["texts"][0]["consequences"][0]["en"]
    broken = tmp_path / "purposes.yaml"
    broken.write_text(yaml.safe_dump(data), encoding="utf-8")

    with pytest.raises(ConfigurationError) as caught:
        load_purposes(broken)

    assert "\n" not in str(caught.value)
