"""The erasure ledger and the signature of certificates."""

import errno
import json
import os
from pathlib import Path

import pytest

from services.retention.adapters.certificate_key import FILE as KEY_FILE
from services.retention.adapters.certificate_key import CertificateKey
from services.retention.adapters.ledger import ErasureLedger, LedgerTamperedError
from shared.ledger_mark import FILE
from tests.unit.retention.given import on

AT = on("2026-03-02")


def written(folder: Path) -> ErasureLedger:
    ledger = ErasureLedger(folder)
    ledger.open()
    ledger.record("c1", "s1", [("contact", "-"), ("recording", "rec1")], AT)
    ledger.record("c2", "s2", [("contact", "-")], AT)
    return ledger


@pytest.mark.promise("C8.4")
def test_the_ledger_survives_a_restart_and_repetition_adds_nothing(tmp_path: Path) -> None:
    first = written(tmp_path).record("c1", "s1", [("contact", "-")], AT)
    again = ErasureLedger(tmp_path)
    assert again.open() == 3
    assert again.record("c9", "s1", [("contact", "-")], AT) == first
    assert len((tmp_path / FILE).read_text().splitlines()) == 3


@pytest.mark.promise("C8.4")
@pytest.mark.parametrize("change", ["edit", "remove", "swap", "insert"])
def test_tampering_is_found(tmp_path: Path, change: str) -> None:
    written(tmp_path)
    lines = (tmp_path / FILE).read_text().splitlines()
    match change:
        case "edit":
            lines[1] = json.dumps({**json.loads(lines[1]), "subject": "s9"})
        case "remove":
            del lines[1]
        case "swap":
            lines[0], lines[1] = lines[1], lines[0]
        case _:
            lines.insert(1, lines[0])
    (tmp_path / FILE).write_text("\n".join(lines) + "\n")
    with pytest.raises(LedgerTamperedError, match=FILE):
        ErasureLedger(tmp_path).open()


def test_a_line_cut_short_by_a_crash_is_dropped(tmp_path: Path) -> None:
    written(tmp_path)
    with (tmp_path / FILE).open("a") as file:
        file.write('{"sequence": 4, "prev')
    ledger = ErasureLedger(tmp_path)
    assert ledger.open() == 3
    ledger.record("c3", "s3", [("contact", "-")], AT)
    assert ErasureLedger(tmp_path).open() == 4


@pytest.mark.promise("C8.4")
def test_a_certificate_is_genuine_only_as_it_was_signed(tmp_path: Path) -> None:
    key = CertificateKey(tmp_path)
    certificate = {"case_id": "c1", "scopes": ["contact"]}
    signature = key.sign(certificate)
    assert CertificateKey(tmp_path).is_genuine(certificate, signature), "the key is kept"
    assert not key.is_genuine({**certificate, "case_id": "c2"}, signature)
    assert not key.is_genuine(certificate, "AAAA")
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o077 == 0


@pytest.mark.promise("C8.4")
@pytest.mark.parametrize("fails", ["fsync", "write"])
def test_what_could_not_be_written_durably_is_not_entered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    ledger = written(tmp_path)
    before = (tmp_path / FILE).read_bytes()

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        if fails == "fsync":
            patch.setattr(os, "fsync", full)
        else:
            patch.setattr(ErasureLedger, "_write", full)
        with pytest.raises(OSError, match="No space"):
            ledger.record("c3", "s3", [("contact", "-")], AT)
    assert (tmp_path / FILE).read_bytes() == before
    [digest] = ledger.record("c3", "s3", [("contact", "-")], AT)
    again = ErasureLedger(tmp_path)
    assert again.open() == 4
    assert again.has(("s3", "contact", "-"), digest)


@pytest.mark.promise("C8.4", "C6.2")
def test_the_last_word_on_a_scope_stands_and_nothing_follows_a_destruction(tmp_path: Path) -> None:
    ledger = ErasureLedger(tmp_path)
    ledger.open()
    scopes = [("contact", "-"), ("recording", "rec1")]
    disabled = ledger.record("c1", "s1", scopes, AT, "disabled")
    assert ledger.record("c1", "s1", scopes, AT, "disabled") == disabled
    ledger.record("c1", "s1", scopes[:1], AT, "enabled")
    assert [(e.object, e.act) for e in ledger.standing()] == [
        ("rec1", "disabled"),
        ("-", "enabled"),
    ]
    assert not ledger.covers(("s1", "recording", "rec1")), "disabled is not destroyed"
    destroyed = ledger.record("c1", "s1", scopes[1:], AT)
    assert destroyed != disabled[1:]
    assert ledger.record("c9", "s1", scopes[1:], AT, "enabled") == destroyed
    again = ErasureLedger(tmp_path)
    assert again.open() == 4
    assert again.entries() == ledger.entries()
    assert again.has(("s1", "recording", "rec1"), destroyed[0])


def test_a_line_of_a_destruction_is_written_as_it_always_was(tmp_path: Path) -> None:
    written(tmp_path)
    lines = [json.loads(line) for line in (tmp_path / FILE).read_text().splitlines()]
    assert all("act" not in line for line in lines)
