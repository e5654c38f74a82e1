"""The record of processing has every personal field, every rule and every processor (art. 30)."""

from io import BytesIO
from typing import Final

import pytest
from openpyxl import load_workbook

from services.retention.adapters.record_sheet import COLUMNS, sheet_of
from services.retention.application.processing_record import (
    personal_fields_by_category,
    roles_by_category,
)
from services.retention.domain.processing.record import Record, record_of
from shared.personal import WITHOUT_TERM, Category, personal_fields
from shared.processors.model import Guarantee, ProcessorTerms
from shared.rights.table import load_rights
from shared.words import Language
from tests.unit.retention.given import RULES
from tests.unit.test_personal_registry import EVENTS

FAR: Final = ProcessorTerms(
    organisation="Exemple Inc",
    country="US",
    flows=("mail_out",),
    categories=(Category.CONTACT,),
    contract="C-1",
    guarantee=Guarantee(ground="standard_clauses", reference="SCC-1"),
)


@pytest.fixture
def record() -> Record:
    """The record by the shipped rules, the table of rights and one processor."""
    roles = roles_by_category(load_rights())
    return record_of(RULES, personal_fields_by_category(), roles, [FAR], "contact@carionexiq.com")


@pytest.mark.promise("C1.1")
def test_every_personal_field_of_every_event_is_in_the_record(record: Record) -> None:
    declared: dict[Category, set[str]] = {
        category: set() for category in Category if category not in WITHOUT_TERM
    }
    for _, event in EVENTS:
        for name, mark in personal_fields(event).items():
            declared[mark.category].add(name)
    assert {one.category: set(one.fields) for one in record.activities} == declared


@pytest.mark.promise("C2.11")
def test_every_rule_is_in_the_record(record: Record) -> None:
    told = {rule.rule_id for one in record.activities for rule in one.kept}
    assert told == {rule.id for rule in RULES.rules}
    assert all(one.kept and one.purposes and one.bases for one in record.activities)


@pytest.mark.promise("C6.1")
def test_a_processor_is_told_where_its_categories_are_with_what_a_transfer_rests_on(
    record: Record,
) -> None:
    told = {one.category: one.processors for one in record.activities if one.processors}
    assert list(told) == [Category.CONTACT]
    (recipient,) = told[Category.CONTACT]
    assert (recipient.ground, recipient.is_transfer) == ("standard_clauses", True)


@pytest.mark.promise("C4.2")
def test_recipients_inside_are_those_whom_the_table_of_rights_lets_open_it(record: Record) -> None:
    payment = next(one for one in record.activities if one.category == Category.PAYMENT)
    assert "billing" in payment.roles
    assert "trainer" not in payment.roles


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_spreadsheet_has_a_row_for_each_activity(record: Record, language: Language) -> None:
    sheet = load_workbook(BytesIO(sheet_of(record, language))).active
    assert sheet is not None
    head, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert head == [title.say(language) for title, _ in COLUMNS]
    assert [row[0] for row in rows] == [one.reference for one in record.activities]
    assert all(cell for row in rows for cell in row)
    (contact,) = [row for row in rows if "SCC" in str(row) or "Exemple Inc" in str(row)]
    assert "password_hash" not in str(contact)
