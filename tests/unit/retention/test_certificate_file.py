"""A certificate as people keep it, in JSON and on paper, and what checking it finds."""

import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader
from typer.testing import CliRunner

from deploy.cli.failures import ExitCode
from deploy.cli.main import app
from services.retention.adapters.certificate_file import (
    CertificateFile,
    NotGenuineError,
    file_of,
    verified_file,
)
from services.retention.adapters.certificate_key import CertificateKey
from services.retention.adapters.certificate_pdf import signed_pdf
from services.retention.domain.erasure.events import CaseCertified
from shared.personal import Category
from shared.words import CATEGORIES

CERTIFICATE: dict[str, Any] = {
    "certificate_id": "case-1",
    "case_id": "case-1",
    "subject_id": "learner-1",
    "reason": "request",
    "mode": "deleted",
    "rules_version": "2025-01-12",
    "rules": [{"rule_id": "contact", "promises": ["C2.2", "C2.5"]}],
    "scopes": [{"category": str(category), "object": "-"} for category in Category],
    "withheld": [{"category": "payment", "object": "F2026-000001"}],
    "acknowledgements": [{"service": "identity", "counts": {"contact": 3}}],
    "verification": {
        "rounds": 1,
        "searches": [
            {
                "service": "identity",
                "documents": 12,
                "records": 34,
                "files": 1,
                "bytes": 5678,
                "canaries": 9,
                "attempts": 7,
                "not_searchable": {"learning_history": 2},
            }
        ],
    },
    "ledger": ["0" * 64 for _ in Category],
    "planned_at": "2026-03-01T10:00:00+00:00",
    "due": "2026-03-02T10:00:00+00:00",
    "keys_destroyed_at": "2026-03-02T10:00:01+00:00",
    "verified_at": "2026-03-02T10:00:02+00:00",
    "issued_at": "2026-03-02T10:00:03+00:00",
    "issuer": "carionexiq",
}


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> CertificateKey:
    return CertificateKey(tmp_path_factory.mktemp("secrets"))


def certified(key: CertificateKey, certificate: dict[str, Any] = CERTIFICATE) -> CertificateFile:
    event = CaseCertified(
        certificate=certificate,
        signature=key.sign(certificate),
        key_id=key.key_id,
        certified_at=datetime.fromisoformat(certificate["issued_at"]),
    )
    return file_of(event)


@pytest.fixture(scope="module")
def pdf(key: CertificateKey) -> bytes:
    attachment = certified(key).model_dump_json(indent=2).encode()
    return signed_pdf(CERTIFICATE, attachment, key.private)


def checked(folder: Path, content: bytes, key: CertificateKey) -> CertificateFile:
    file = folder / "certificate"
    file.write_bytes(content)
    return verified_file(file, key.private.public_key())


@pytest.mark.promise("C8.4")
def test_both_files_are_genuine_and_say_the_same(
    tmp_path: Path, key: CertificateKey, pdf: bytes
) -> None:
    as_json = certified(key).model_dump_json(indent=2).encode()
    assert checked(tmp_path, as_json, key) == checked(tmp_path, pdf, key) == certified(key)


@pytest.mark.promise("C8.4")
def test_a_changed_statement_is_found(tmp_path: Path, key: CertificateKey) -> None:
    altered = certified(key).model_dump()
    altered["certificate"]["keys_destroyed_at"] = "2025-03-02T10:00:01+00:00"
    with pytest.raises(NotGenuineError, match="altered"):
        checked(tmp_path, json.dumps(altered).encode(), key)


@pytest.mark.promise("C8.4")
@settings(max_examples=60, deadline=None)
@given(place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_a_pdf_with_any_other_byte_than_in_its_signature_is_found(
    tmp_path_factory: pytest.TempPathFactory,
    key: CertificateKey,
    pdf: bytes,
    place: float,
    flip: int,
) -> None:
    begin = pdf.index(b"/Contents <")
    signed = [*range(begin), *range(pdf.index(b">", begin) + 1, len(pdf))]
    altered = bytearray(pdf)
    altered[signed[int(place * len(signed))]] ^= flip
    with pytest.raises(NotGenuineError):
        checked(tmp_path_factory.mktemp("altered"), bytes(altered), key)


def test_what_is_added_to_a_pdf_is_found(tmp_path: Path, key: CertificateKey, pdf: bytes) -> None:
    with pytest.raises(NotGenuineError):
        checked(tmp_path, pdf + b"\n% added later\n", key)


def test_the_signature_of_somebody_else_is_not_ours(
    tmp_path: Path, key: CertificateKey, pdf: bytes
) -> None:
    other = CertificateKey(tmp_path)
    with pytest.raises(NotGenuineError, match="another key"):
        checked(tmp_path, pdf, other)
    with pytest.raises(NotGenuineError, match="signed with the key"):
        checked(tmp_path, certified(key).model_dump_json().encode(), other)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"\xff\xfe", b"%PDF-1.7\n", b"%PDF-", b'{"certificate": 1}']
)
def test_what_is_no_certificate_is_told(
    tmp_path: Path, key: CertificateKey, content: bytes
) -> None:
    with pytest.raises(NotGenuineError, match="not a certificate"):
        checked(tmp_path, content, key)


def test_the_paper_names_every_category_and_opens_as_a_pdf(pdf: bytes) -> None:
    assert CATEGORIES.keys() == set(Category)
    assert PdfFileReader(io.BytesIO(pdf)).root["/Type"] == "/Catalog"


def test_the_command_tells_genuine_from_altered(
    tmp_path: Path, key: CertificateKey, pdf: bytes
) -> None:
    pem = tmp_path / "key.pem"
    public = key.private.public_key()
    pem.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    file = tmp_path / "certificate.pdf"
    file.write_bytes(pdf)
    good = CliRunner().invoke(app, ["verify-certificate", str(file), "--key", str(pem)])
    assert good.exit_code == ExitCode.DONE, good.output
    assert "genuine" in good.output
    file.write_bytes(pdf[:-40])
    bad = CliRunner().invoke(app, ["verify-certificate", str(file), "--key", str(pem)])
    assert bad.exit_code == ExitCode.FAILED
    assert "certificate.pdf is not genuine" in bad.output
    nowhere = ["verify-certificate", str(file), "--data", str(tmp_path / "nothing")]
    lost = CliRunner().invoke(app, nowhere)
    assert lost.exit_code == ExitCode.USAGE
    assert "--key" in lost.output
