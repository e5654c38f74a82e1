"""Secrets are made once, kept to their owner, and split by compartment."""

import json
from pathlib import Path

from deploy.cli.secrets import demo_passwords, link_secret, prepare_secrets


def test_every_secret_is_readable_by_the_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    prepare_secrets(folder)
    demo_passwords(folder, ["learner"])
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    assert {path.stat().st_mode & 0o077 for path in files} == {0}
    assert folder.stat().st_mode & 0o077 == 0


def test_a_second_start_changes_no_secret(tmp_path: Path) -> None:
    prepare_secrets(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    password = demo_passwords(tmp_path, ["learner"])
    prepare_secrets(tmp_path)
    assert {path: path.read_bytes() for path in before} == before
    assert demo_passwords(tmp_path, ["learner", "dpo"])["learner"] == password["learner"]
    assert len(link_secret(tmp_path)) >= 32


def test_a_service_holds_only_its_own_categories(tmp_path: Path) -> None:
    prepare_secrets(tmp_path)
    keyring = json.loads((tmp_path / "keyrings" / "notify.json").read_text())
    assert "payment" not in keyring["category_keys"]
    assert "learning_history" not in keyring["category_keys"]
