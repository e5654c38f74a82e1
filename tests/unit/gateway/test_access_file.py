"""The access file: every value with what is to be said of it, never of fewer parts than owed."""

import csv
import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest

from services.gateway.access_file import Opening, WrongPartError, assembled
from shared.access_files import (
    CONTRIBUTORS,
    AccessPart,
    PartAttachment,
    PartFact,
    PartReading,
    PartRecipients,
    PartTerm,
    PartValue,
)
from shared.packaging import MANIFEST, Manifest, PackagedPart, sha256_of
from shared.personal import Category
from shared.words import Text

NOW = datetime(2026, 11, 28, 11, 0, tzinfo=UTC)
WHY = Text(fr="Certifier.", en="To certify.")
BASIS = Text(fr="Contrat (art. 6.1.b)", en="Contract (art. 6(1)(b))")


def value(category: Category, field: str, text: str | None, **rest: str) -> PartValue:
    told = {"object": "-", "source": "learner", **rest}
    return PartValue.model_validate(
        {"category": category, "field": field, "value": text, "recorded_at": NOW, **told}
    )


def term(category: Category, thing: str, due: datetime | None, rule: str) -> PartTerm:
    return PartTerm(
        category=category,
        object=thing,
        rule_id=rule,
        title=Text(fr=rule, en=rule),
        purpose=WHY,
        legal_basis=BASIS,
        due=due,
        action="deleted",
        state="running",
    )


PARTS: Mapping[str, AccessPart] = {
    "identity": AccessPart(
        service="identity",
        file_id="case-1",
        made_at=NOW,
        values=(
            value(Category.CIVIL_IDENTITY, "first_name", "Zoé"),
            value(Category.CREDENTIALS, "password_hash", None, withheld="secret"),
            value(Category.SUPPORT, "message", "=1+1 <b>", object="request-1"),
        ),
        facts=(PartFact(event="SignedIn", at=NOW, source="learner", details={"minor": "no"}),),
        attachments=(
            PartAttachment(
                name="cv.pdf",
                media_type="application/pdf",
                object="request-1",
                content=b64encode(b"%PDF"),
            ),
        ),
    ),
    "retention": AccessPart(
        service="retention",
        file_id="case-1",
        made_at=NOW,
        terms=(
            term(Category.CIVIL_IDENTITY, "-", NOW + timedelta(days=30), "civil-identity"),
            term(Category.SUPPORT, "request-1", None, "support"),
            term(Category.SUPPORT, "request-1", NOW + timedelta(days=9), "own-request"),
        ),
        recipients=(
            PartRecipients(
                category=Category.CREDENTIALS,
                purposes=(WHY,),
                legal_bases=(BASIS,),
                roles=("administrator",),
                processors=("Hébergeur (FR)",),
            ),
        ),
        readings=(
            PartReading(
                at=NOW, service="identity", role="dpo", categories=("support",), reason=None
            ),
        ),
    ),
}


def contents() -> dict[str, str]:
    empty = {one: AccessPart(service=one, file_id="case-1", made_at=NOW) for one in CONTRIBUTORS}
    return {one: {**empty, **PARTS}[one].model_dump_json() for one in CONTRIBUTORS}


def opening(parts: Mapping[str, str]) -> Opening:
    return Opening(
        file_id="case-1",
        key="k" * 64,
        language="fr",
        requested_at=NOW,
        until=NOW + timedelta(days=7),
        parts=tuple(
            PackagedPart(
                service=service,
                made_at=NOW,
                values=1,
                size=len(text.encode()),
                sha256=sha256_of(text.encode()),
            )
            for service, text in parts.items()
        ),
    )


def files() -> dict[str, bytes]:
    with ZipFile(BytesIO(assembled(opening(contents()), contents()))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.promise("C8.1")
def test_each_value_says_why_on_which_basis_from_whom_for_whom_and_until_when() -> None:
    told = {one["field"]: one for one in json.loads(files()["data.json"])["values"]}

    assert told["first_name"] == {
        "category": "civil_identity",
        "object": "-",
        "field": "first_name",
        "value": "Zoé",
        "erased": False,
        "withheld": None,
        "recorded_at": "2026-11-28T11:00:00Z",
        "source": "learner",
        "event": None,
        "held_by": "identity",
        "purpose": WHY.model_dump(),
        "legal_basis": BASIS.model_dump(),
        "recipients": {"roles": [], "processors": []},
        "kept_until": "2026-12-28T11:00:00+00:00",
        "then": "deleted",
        "rule": "civil-identity",
    }
    assert told["password_hash"]["withheld"] == "secret"
    assert told["password_hash"]["purpose"] == WHY.model_dump(), "also where no clock runs"
    assert told["password_hash"]["recipients"]["processors"] == ["Hébergeur (FR)"]
    assert told["message"]["rule"] == "own-request", "the earliest end counts"


@pytest.mark.promise("C8.1")
def test_there_is_a_page_in_each_language_a_table_a_category_and_every_file_sent() -> None:
    made = files()

    french, english = made["lisez-moi.html"].decode(), made["read-me.html"].decode()
    for text in (french, english):
        assert "Zoé" in text
        assert "=1+1 &lt;b&gt;" in text, "a value is text, never markup"
        assert not {"<script", "http:", "https:", "src="} & set(text.split())
    assert "Certifier." in french
    assert "Signed in" in english, "an event in words"
    assert "To certify." in english
    table = made["csv/support.csv"].decode("utf-8-sig")
    heading, row = csv.reader(StringIO(table, newline=""))
    assert "Base légale" in heading
    assert "'=1+1 <b>" in row
    assert made["files/001.pdf"] == b"%PDF"
    assert {"csv/what-happened.csv", "csv/who-read-it.csv", MANIFEST} <= made.keys()
    manifest = Manifest.model_validate_json(made[MANIFEST])
    assert {one.service for one in manifest.parts} == set(CONTRIBUTORS)


@pytest.mark.promise("C8.1")
@pytest.mark.parametrize("service", CONTRIBUTORS)
def test_no_file_is_made_without_a_part_or_of_one_that_was_changed(service: str) -> None:
    whole = contents()
    missing = {name: text for name, text in whole.items() if name != service}
    changed = {**whole, service: whole[service].replace("case-1", "case-2")}
    for wrong in (missing, changed):
        with pytest.raises(WrongPartError, match=service):
            assembled(opening(whole), wrong)
    with pytest.raises(WrongPartError, match=service):
        assembled(opening(missing), whole)
