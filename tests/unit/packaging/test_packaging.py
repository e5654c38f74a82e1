"""CSV that a spreadsheet opens right, and a ZIP whose every file has its hash in the manifest."""

import csv
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.packaging import MANIFEST, Manifest, PackageFile, csv_table, package

NOW = datetime(2026, 11, 28, 11, 0, tzinfo=UTC)
FILES = (
    PackageFile("data.json", "application/json", b"{}"),
    PackageFile("csv/contact.csv", "text/csv", b"a,b\r\n"),
)


def test_a_table_has_a_byte_order_mark_crlf_and_quotes() -> None:
    made = csv_table(
        ["Donnée", "Valeur"], [["Prénom", "Zoé, dite « Zo »"], ["Mot", 'un "mot"\nici']]
    )

    assert made.startswith(b"\xef\xbb\xbf")
    assert made.decode("utf-8-sig") == (
        'Donnée,Valeur\r\nPrénom,"Zoé, dite « Zo »"\r\nMot,"un ""mot""\nici"\r\n'
    )


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", " =", "\uff1d"])
def test_a_value_that_would_be_computed_is_text(sign: str) -> None:
    made = csv_table(["value"], [[f"{sign}cmd|' /C calc'!A0"]])

    (_, (cell,)) = csv.reader(StringIO(made.decode("utf-8-sig"), newline=""))
    assert cell == f"'{sign}cmd|' /C calc'!A0"


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_what_is_written_is_read_again(rows: list[list[str]]) -> None:
    made = csv_table(["one", "two"], rows).decode("utf-8-sig")

    read = list(csv.reader(StringIO(made, newline="")))[1:]
    assert len(read) == len(rows)
    for was, now in zip(rows, read, strict=True):
        assert all(after in (before, f"'{before}") for before, after in zip(was, now, strict=True))


def test_a_row_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        csv_table(["one", "two"], [["alone"]])


def test_the_manifest_has_the_hash_of_every_other_file() -> None:
    with ZipFile(BytesIO(package("access", FILES, NOW))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["data.json", "csv/contact.csv", MANIFEST]
        manifest = Manifest.model_validate_json(archive.read(MANIFEST))
        hashes = {one.name: one.sha256 for one in manifest.files}
        assert hashes == {
            name: sha256(archive.read(name)).hexdigest()
            for name in archive.namelist()
            if name != MANIFEST
        }
    assert (manifest.content, manifest.made_at) == ("access", NOW)


def test_the_same_files_make_the_same_bytes() -> None:
    assert package("access", FILES, NOW) == package("access", FILES, NOW)


@pytest.mark.parametrize("name", ["/etc/passwd", "../up", "a\\b", MANIFEST, "data.json"])
def test_a_name_that_would_leave_the_package_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="names that a package cannot have"):
        package("access", [FILES[0], PackageFile(name, "text/plain", b"")], NOW)
