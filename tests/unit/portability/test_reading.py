"""A portability file from elsewhere: read as it was written, or refused for one clear reason."""

import base64
import io
import json
import zipfile
import zlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from services.gateway.pages.portability import DEFECTS
from services.gateway.portability import carried, carried_file, packed
from services.gateway.wording import wording
from shared.packaging import MANIFEST, PackageFile, package
from shared.portability.file import PortabilityFile, Session, schema
from shared.portability.reading import DATA, MOST_BYTES, Defect, UnreadableFileError, read
from tests.unit.portability.given import MADE_AT, answer, course, files, portability_file

FILE = portability_file(course(answer()), goals='=HYPERLINK("http://x.test")')


def refused(content: bytes) -> Defect:
    with pytest.raises(UnreadableFileError) as caught:
        read(content)
    return caught.value.defect


def changed(**members: Any) -> bytes:
    return json.dumps({**FILE.model_dump(mode="json"), **members}).encode()


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return out.getvalue()


@pytest.mark.promise("C8.5")
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(files)
def test_what_is_written_is_read_back_and_has_the_documented_shape(file: PortabilityFile) -> None:
    places = [(one.source, one.record.id) for one in file.brought]
    if len(set(places)) < len(places):
        return
    assert read(file.model_dump_json().encode()) == file
    assert carried_file(carried(file)) == file
    Draft202012Validator(schema()).validate(file.model_dump(mode="json"))


@pytest.mark.promise("C8.5")
def test_the_package_that_is_handed_over_is_read_whole() -> None:
    assert read(packed(FILE, wording("fr"))) == FILE


@pytest.mark.promise("C8.5")
@pytest.mark.parametrize(
    ("content", "defect"),
    [
        pytest.param(b"", Defect.EMPTY, id="nothing"),
        pytest.param(b"not json", Defect.NOT_OURS, id="text"),
        pytest.param(b"[]", Defect.NOT_OURS, id="a list"),
        pytest.param(b"[" * 100_000, Defect.NOT_OURS, id="nested"),
        pytest.param(b'{"format": "other/1"}', Defect.NOT_OURS, id="another format"),
        pytest.param(changed(format="carionexiq-portability/2"), Defect.OTHER_VERSION, id="later"),
        pytest.param(changed(surplus=1), Defect.SHAPE, id="unknown member"),
        pytest.param(changed(made_at="yesterday"), Defect.SHAPE, id="no instant"),
        pytest.param(changed(made_at="0001-01-01T00:00:00+14:00"), Defect.SHAPE, id="no year"),
        pytest.param(
            changed(source={"home_page": "javascript:alert(1)", "name": "a"}),
            Defect.SHAPE,
            id="script for a platform",
        ),
        pytest.param(
            changed(source={"home_page": "https://a.test", "name": "=cmd|' /C calc'!A0"}),
            Defect.SHAPE,
            id="formula for a name",
        ),
        pytest.param(changed(profile={"goals": "a\x00b"}), Defect.SHAPE, id="control character"),
        pytest.param(changed(profile={"goals": "a\u202eb"}), Defect.SHAPE, id="reversed text"),
        pytest.param(changed(profile={"goals": "a" * 501}), Defect.SHAPE, id="too long"),
        pytest.param(
            changed(records=[course().model_dump(mode="json")] * 2), Defect.SHAPE, id="twice"
        ),
        pytest.param(
            changed(
                records=[
                    Session(id=f"s{n}", at=MADE_AT).model_dump(mode="json") for n in range(501)
                ]
            ),
            Defect.TOO_MANY,
            id="too many records",
        ),
        pytest.param(b" " * (MOST_BYTES + 1), Defect.TOO_LARGE, id="large"),
        pytest.param(
            zipped(portability__json=b" " * (MOST_BYTES + 1)), Defect.TOO_LARGE, id="bomb"
        ),
        pytest.param(zipped(other__json=b"{}"), Defect.NOT_OURS, id="another package"),
        pytest.param(zipped(**{f"m{n}": b"" for n in range(101)}), Defect.TOO_MANY, id="members"),
        pytest.param(b"PK\x03\x04 and no more", Defect.DAMAGED, id="broken package"),
        pytest.param(packed(FILE, wording("en"))[:-200], Defect.DAMAGED, id="half of it"),
    ],
)
def test_a_bad_file_is_refused_for_its_reason(content: bytes, defect: Defect) -> None:
    assert refused(content) == defect


@pytest.mark.promise("C8.5")
def test_a_file_that_was_changed_after_it_was_made_is_refused() -> None:
    with zipfile.ZipFile(io.BytesIO(packed(FILE, wording("fr")))) as archive:
        manifest = archive.read(MANIFEST)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(DATA, changed(profile={"goals": "autre"}))
        archive.writestr(MANIFEST, manifest)
    assert refused(out.getvalue()) == Defect.DAMAGED


@pytest.mark.promise("C8.5")
@given(st.binary(max_size=200))
def test_nothing_that_is_sent_breaks_the_reading(noise: bytes) -> None:
    for content in (noise, b"PK\x03\x04" + noise):
        assert refused(content) in Defect
    with pytest.raises(UnreadableFileError):
        carried_file(base64.urlsafe_b64encode(noise).decode())


@pytest.mark.promise("C8.5")
def test_a_field_that_unpacks_to_more_than_is_taken_is_refused() -> None:
    bomb = base64.urlsafe_b64encode(zlib.compress(b" " * (MOST_BYTES + 1))).decode()
    with pytest.raises(UnreadableFileError):
        carried_file(bomb)


def test_every_refusal_is_said_in_both_languages() -> None:
    assert set(DEFECTS) == set(Defect)
    for text in DEFECTS.values():
        assert wording("fr").say(text) != wording("en").say(text)


def test_a_package_of_somebody_else_without_manifest_is_read() -> None:
    other = package("x", [PackageFile(DATA, "application/json", changed())], MADE_AT)
    assert read(other) == FILE
    assert read(zipped(portability__json=changed())) == FILE
