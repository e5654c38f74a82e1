"""What is handed over: tables that spreadsheets open right, a schema that is true, a preview."""

import csv
import io
import json
import zipfile
from codecs import BOM_UTF8
from typing import Any

import pytest
from hypothesis import given, settings

from services.gateway.portability import (
    AT_ONCE,
    account_name,
    host_of,
    in_batches,
    packed,
    preview,
)
from services.gateway.wording import wording
from shared.portability.file import Imported, PortabilityFile, schema
from shared.portability.reading import DATA
from shared.portability.tables import tables
from tests.unit.docs.documents import DOCS
from tests.unit.portability.given import SOURCE, answer, course, files, portability_file

HERE = {"profile": {"goals": "Autre chose"}, "telephone": None}
NOTHING_KEPT: dict[str, list[Any]] = {"items": [], "own": []}


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.promise("C8.5")
def test_a_table_opens_in_a_spreadsheet_with_accents_right_and_computes_nothing() -> None:
    file = portability_file(course(answer("=1+1")), goals='=HYPERLINK("x";"é")')
    found = members(packed(file, wording("fr")))
    person = found["csv/person.csv"]
    assert person.startswith(BOM_UTF8 + b"field,value\r\n")
    assert "last_name,Éclair\r\n".encode() in person
    assert 'goals,"\'=HYPERLINK(""x"";""é"")"\r\n'.encode() in person
    assert b"\n" not in person.replace(b"\r\n", b"")
    answers = list(csv.DictReader(io.StringIO(found["csv/answers.csv"].decode("utf-8-sig"))))
    assert answers[0]["answer"] == "'=1+1"
    assert answers[0]["question_fr"] == "Quelle ouverture ?"
    assert json.loads(found[DATA])["profile"]["goals"] == '=HYPERLINK("x";"é")'


@pytest.mark.promise("C8.5")
def test_the_package_has_all_its_parts_in_the_persons_language() -> None:
    found = members(packed(portability_file(course(answer())), wording("fr")))
    assert set(found) == {
        "LISEZMOI.txt", DATA, "portability.schema.json", "xapi/statements.json", "manifest.json",
        "csv/person.csv", "csv/courses.csv", "csv/answers.csv",
    }  # fmt: skip
    assert "ailleurs.test" in found["LISEZMOI.txt"].decode()
    assert "SHA-256 de chaque fichier" in found["LISEZMOI.txt"].decode()
    assert len(json.loads(found["xapi/statements.json"])) == 5
    english = members(packed(portability_file(), wording("en")))
    assert "It is yours" in english["README.txt"].decode()


@pytest.mark.promise("C8.5")
@settings(max_examples=40)
@given(files)
def test_every_record_is_in_the_tables_and_every_row_is_whole(file: PortabilityFile) -> None:
    found = {one.name: one for one in tables(file)}
    assert all(len(row) == len(one.columns) for one in found.values() for row in one.rows)
    listed = sum(len(found[name].rows) for name in ("courses", "live-sessions") if name in found)
    assert listed == len(file.brought)


@pytest.mark.promise("C8.5")
def test_the_documented_schema_is_the_files() -> None:
    document = (DOCS / "portability-1.schema.json").read_text(encoding="utf-8")
    assert json.loads(document) == schema()


@pytest.mark.promise("C8.5")
def test_the_preview_says_what_is_new_what_is_known_and_what_is_ours() -> None:
    file = portability_file(course(answer()))
    (brought,) = file.brought
    new = preview(file, HERE, NOTHING_KEPT)
    assert [one.state for one in new.records] == ["new"]
    assert [(one.field, one.here, one.brought) for one in new.changes] == [
        ("goals", "Autre chose", "Négocier à l'aise")
    ]
    row = {"import_id": "import-1", "brought": brought.model_dump(mode="json")}
    same = {"profile": file.profile.model_dump(), "telephone": None}
    known = preview(file, same, {"items": [row], "own": []})
    assert known.nothing
    later = portability_file(course(answer(), answer("b").model_copy(update={"id": "answer-2"})))
    assert preview(later, HERE, {"items": [row], "own": []}).records[0].state == "changed"
    assert preview(file, HERE, {"items": [], "own": ["enrolment-1"]}).records[0].state == "own"


def test_a_telephone_number_is_taken_only_where_there_is_none() -> None:
    file = portability_file()
    file = file.model_copy(
        update={"person": file.person.model_copy(update={"telephone": "+33 1 00 00 00 00"})}
    )
    assert "telephone" in [one.field for one in preview(file, HERE, NOTHING_KEPT).changes]
    there = {**HERE, "telephone": "+33 2 00 00 00 00"}
    assert "telephone" not in [one.field for one in preview(file, there, NOTHING_KEPT).changes]


def test_records_go_in_batches_that_a_service_takes() -> None:
    brought = [Imported(source=SOURCE, record=course())] * (2 * AT_ONCE + 1)
    assert [len(some) for some in in_batches(brought)] == [AT_ONCE, AT_ONCE, 1]


def test_an_account_has_a_name_that_says_nothing_of_it() -> None:
    assert account_name("learner-1") == account_name("learner-1") != account_name("learner-2")
    assert "learner" not in account_name("learner-1")
    assert host_of(SOURCE) == "ailleurs.test"
