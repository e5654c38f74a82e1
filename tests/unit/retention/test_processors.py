"""The register of processors: what may flow to whom, until when (C6.1, C10.1, C10.2)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.retention.application.processors import declared_in
from services.retention.domain.errors import (
    ProcessorKnownError,
    ProcessorNotFoundError,
    TransferRefusedError,
)
from services.retention.domain.processor import commands as c
from services.retention.domain.processor.decide import decide
from services.retention.domain.processor.events import ProcessorEndWasReminded
from services.retention.domain.processor.evolve import evolve
from services.retention.domain.processor.state import ProcessorBook
from shared.processors.adequacy import AdequacyDecision, adequacy_decisions
from shared.processors.ends import days_ahead, ends
from shared.processors.model import (
    Certificate,
    Flow,
    Ground,
    Guarantee,
    ProcessorTerms,
    SubProcessor,
)
from shared.processors.rules import EEA, EU, ends_soon, why_not
from tests.unit.docs.documents import ROOT

NOW: Final = datetime(2030, 3, 1, 9, tzinfo=UTC)
TODAY: Final = NOW.date()
DAY: Final = timedelta(days=1)
KNOWN: Final = (
    AdequacyDecision(country="CH", decision="d-1", since=date(2000, 7, 26)),
    AdequacyDecision(country="GB", decision="d-2", since=date(2021, 6, 28), until=TODAY),
    AdequacyDecision(country="US", decision="d-3", since=date(2023, 7, 10), certified_only=True),
)


def terms(*flows: Flow, **fields: Any) -> ProcessorTerms:
    """Return terms with a French organisation."""
    given = {"country": "FR", "organisation": "Exemple SA", "contract": "C-1", **fields}
    return ProcessorTerms(flows=flows or ("mail_out",), categories=("contact",), **given)


def guarantee(ground: Ground = "standard_clauses", until: date | None = None) -> Guarantee:
    """Return a guarantee."""
    return Guarantee(ground=ground, reference="G-1", valid_until=until)


def refusal(one: ProcessorTerms | None, day: date = TODAY, flow: Flow = "mail_out") -> str | None:
    """Return why mail, or another flow, is refused."""
    return why_not(one, flow, day, KNOWN)


@pytest.mark.promise("C10.1")
def test_outside_the_eu_nothing_flows_without_a_guarantee_that_is_in_force() -> None:
    assert refusal(terms()) is None
    assert refusal(terms(country="NO")) is None
    assert refusal(terms(country="US")) == "no_guarantee"
    assert refusal(terms(country="US", guarantee=guarantee())) is None
    ends = terms(country="US", guarantee=guarantee("certification", TODAY))
    assert refusal(ends) is None
    assert refusal(ends, TODAY + DAY) == "guarantee_over"


@pytest.mark.promise("C10.1")
def test_adequacy_counts_while_the_decision_is_in_force_and_for_that_country_alone() -> None:
    adequate = guarantee("adequacy")
    assert refusal(terms(country="CH", guarantee=adequate)) is None
    assert refusal(terms(country="GB", guarantee=adequate)) is None
    assert refusal(terms(country="GB", guarantee=adequate), TODAY + DAY) == "guarantee_over"
    assert refusal(terms(country="BR", guarantee=adequate)) == "no_guarantee"
    assert refusal(terms(country="US", guarantee=adequate)) == "no_guarantee"
    certified = guarantee("adequacy", TODAY)
    assert refusal(terms(country="US", guarantee=certified)) is None


@pytest.mark.promise("C10.1")
def test_a_sub_processor_needs_a_guarantee_of_its_own() -> None:
    far = SubProcessor(organisation="Far Ltd", country="IN")
    assert refusal(terms(sub_processors=(far,))) == "no_guarantee"
    agreed = far.model_copy(update={"guarantee": guarantee()})
    assert refusal(terms(sub_processors=(agreed,))) is None


@pytest.mark.promise("C10.2")
@given(st.sampled_from(["FR", "DE", "NO", "CH", "GB", "US"]), st.sampled_from([None, "adequacy"]))
def test_recordings_stay_in_the_eu_whatever_is_agreed(country: str, ground: Ground | None) -> None:
    held = None if ground is None else guarantee(ground)
    found = refusal(terms("recordings", country=country, guarantee=held), flow="recordings")
    assert (found is None) == (country in EU)


@pytest.mark.promise("C6.1")
def test_hosting_needs_iso_27001_and_payment_pci_dss_in_date() -> None:
    assert refusal(terms("hosting"), flow="hosting") == "certificate_missing"
    iso = Certificate(kind="iso_27001", reference="I-1", valid_until=TODAY)
    hosting = terms("hosting", certificates=(iso,))
    assert refusal(hosting, flow="hosting") is None
    assert refusal(hosting, TODAY + DAY, "hosting") == "certificate_over"
    assert refusal(terms("payment", certificates=(iso,)), flow="payment") == "certificate_missing"
    pci = iso.model_copy(update={"kind": "pci_dss"})
    assert refusal(terms("payment", certificates=(pci,)), flow="payment") is None


@pytest.mark.promise("C6.1")
def test_nothing_flows_without_a_contract_that_covers_it() -> None:
    assert refusal(None) == "not_registered"
    assert refusal(terms("mail_in")) == "flow_not_agreed"
    over = terms(contract_until=TODAY)
    assert refusal(over) is None
    assert refusal(over, TODAY + DAY) == "contract_over"


@given(st.dates(date(2029, 1, 1), date(2031, 1, 1)), st.integers(0, 400))
def test_what_runs_out_is_reminded_of_for_sixty_days_and_never_after(end: date, ahead: int) -> None:
    one, day = terms(contract_until=end), end - ahead * DAY
    assert ends_soon(one, day, KNOWN) == (ahead < 60)
    assert not ends_soon(one, end + DAY, KNOWN)


def after(*commands: c.ProcessorCommand) -> ProcessorBook:
    """Return the register after `commands`."""
    book = ProcessorBook()
    for command in commands:
        for event in decide(command, book):
            book = evolve(book, event)
    return book


DECLARED: Final = c.DeclareProcessor("mail", terms(), KNOWN, "dpo-1", NOW)
ENDED: Final = c.EndProcessor("mail", "dpo-1", NOW + DAY)


@pytest.mark.promise("C10.1")
def test_what_may_not_flow_is_not_agreed_either() -> None:
    far = terms(country="US")
    with pytest.raises(TransferRefusedError, match="mail_out: no_guarantee"):
        decide(replace(DECLARED, terms=far), ProcessorBook())
    with pytest.raises(TransferRefusedError):
        decide(c.AmendProcessor("mail", far, KNOWN, "dpo-1", NOW), after(DECLARED))


@pytest.mark.promise("C6.1")
def test_a_processor_is_declared_once_amended_ended_and_declared_anew() -> None:
    book = after(DECLARED)
    assert decide(DECLARED, book) == []
    other = terms("mail_out", "mail_in")
    with pytest.raises(ProcessorKnownError):
        decide(replace(DECLARED, terms=other), book)
    amended = after(DECLARED, c.AmendProcessor("mail", other, KNOWN, "dpo-1", NOW + DAY))
    assert amended.processors["mail"].terms == other
    assert amended.processors["mail"].since == NOW
    ended = after(DECLARED, ENDED, ENDED)
    assert list(ended.current()) == []
    assert ended.processors["mail"].ended_at == NOW + DAY
    with pytest.raises(ProcessorNotFoundError):
        decide(c.AmendProcessor("mail", other, KNOWN, "dpo-1", NOW), ended)
    with pytest.raises(ProcessorNotFoundError):
        decide(c.EndProcessor("none", "dpo-1", NOW), ended)
    assert [one.processor_id for one in after(DECLARED, ENDED, DECLARED).current()] == ["mail"]


@pytest.mark.promise("C10.1")
def test_the_register_knows_what_is_refused_and_what_ends_soon() -> None:
    ends = terms(country="US", guarantee=guarantee(until=TODAY + 59 * DAY))
    book = after(replace(DECLARED, terms=ends))
    assert book.any_ends_soon(TODAY, KNOWN)
    assert not book.any_refused(TODAY, KNOWN)
    assert book.any_refused(TODAY + 60 * DAY, KNOWN)
    assert not after(replace(DECLARED, terms=ends), ENDED).any_refused(TODAY + 60 * DAY, KNOWN)


def test_the_decisions_that_come_with_the_release_are_about_third_countries() -> None:
    decisions = adequacy_decisions()
    assert {"CH", "GB", "JP", "US"} <= {one.country for one in decisions}
    assert not {one.country for one in decisions} & EEA
    united = [one for one in decisions if one.country == "US"]
    assert all(one.certified_only for one in united)
    assert not any(one.holds_on(date(2021, 1, 1)) for one in united), "annulled in July 2020"


@pytest.mark.promise("C6.1")
def test_the_demonstration_declares_what_the_policy_promises() -> None:
    declared = declared_in(ROOT / "deploy" / "demo" / "processors.yaml")
    flows = {flow for one in declared.values() for flow in one.flows}
    assert {"hosting", "payment", "mail_out", "recordings"} <= flows
    for processor, found in declared.items():
        for flow in found.flows:
            assert why_not(found, flow, date(2026, 1, 1), KNOWN) is None, processor


SCC: Final = terms(country="US", guarantee=guarantee(until=TODAY + 100 * DAY))


def followed(book: ProcessorBook, *days: int) -> tuple[ProcessorBook, list[tuple[str, int]]]:
    """Look at the register on each of `days` from today; return what was told, and how early."""
    told: list[tuple[str, int]] = []
    for day in days:
        for event in decide(c.FollowProcessors(KNOWN, NOW + day * DAY), book):
            assert isinstance(event, ProcessorEndWasReminded)
            told.append((event.reference, event.days_ahead))
            book = evolve(book, event)
    return book, told


@pytest.mark.promise("C6.1", "C10.1")
def test_the_officer_is_told_of_an_end_sixty_thirty_and_seven_days_before_once_each() -> None:
    book = after(replace(DECLARED, terms=SCC))
    _, told = followed(book, 39, 40, 40, 69, 70, 71, 92, 93, 99, 100, 101, 200)
    assert told == [("G-1", 60), ("G-1", 30), ("G-1", 7)]


@pytest.mark.promise("C6.1", "C10.1")
def test_what_ends_soon_when_it_is_agreed_is_told_once_and_a_renewal_begins_anew() -> None:
    book, told = followed(after(replace(DECLARED, terms=SCC)), 95, 96)
    assert told == [("G-1", 7)]
    renewed = terms(country="US", guarantee=guarantee(until=TODAY + 160 * DAY))
    amend = c.AmendProcessor("mail", renewed, KNOWN, "dpo-1", NOW + 96 * DAY)
    for event in decide(amend, book):
        book = evolve(book, event)
    book, told = followed(book, 97, 101, 130)
    assert told == [("G-1", 60), ("G-1", 30)]
    for event in decide(replace(ENDED, at=NOW + 140 * DAY), book):
        book = evolve(book, event)
    assert followed(book, 155)[1] == []


def test_of_certificates_of_a_kind_the_latest_ends_and_adequacy_ends_with_its_decision() -> None:
    old, new = (
        Certificate(kind="iso_27001", reference=name, valid_until=TODAY + days * DAY)
        for name, days in (("I-1", 10), ("I-2", 400))
    )
    assert [one.reference for one in ends(terms(certificates=(new, old)), KNOWN)] == ["I-2"]
    british = terms(country="GB", guarantee=guarantee("adequacy", TODAY + 9 * DAY))
    assert [one.until for one in ends(british, KNOWN)] == [TODAY]
    assert list(ends(terms(country="CH", guarantee=guarantee("adequacy")), KNOWN)) == []
    assert list(ends(terms(country="NO", guarantee=guarantee(until=TODAY)), KNOWN)) == []
    assert [one.kind for one in ends(terms(contract_until=TODAY), KNOWN)] == ["contract"]


@given(st.integers(-5, 80))
def test_each_day_has_the_nearest_notice_and_none_after_the_end(left: int) -> None:
    due = days_ahead(TODAY + left * DAY, TODAY)
    assert (due is None) == (left < 0 or left > 60)
    assert due is None or all(one >= due for one in (7, 30, 60) if left <= one)
