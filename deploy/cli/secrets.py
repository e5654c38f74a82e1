"""Secrets of a first start: created once, readable by the owner alone, never printed but one kind.

Demo passwords are the exception: `up` prints them, since they open accounts of invented people.
"""

import json
import secrets
from collections.abc import Iterable
from pathlib import Path

from deploy.backup.keys import prepare_backup_keys
from shared.http.auth import create_token_keys
from shared.vault.keyring import create_keyrings, write_secret


def prepare_secrets(folder: Path) -> None:
    """Create in `folder` whatever is missing: keyrings, token keys, link secret, backup keys."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    create_keyrings(folder / "keyrings")
    create_token_keys(folder)
    prepare_backup_keys(folder)
    if not _link_file(folder).exists():
        write_secret(_link_file(folder), secrets.token_urlsafe(32))


def link_secret(folder: Path) -> str:
    """Return the secret that signs the links in e-mails, created by `prepare_secrets`."""
    return _link_file(folder).read_text().strip()


def demo_passwords(folder: Path, accounts: Iterable[str]) -> dict[str, str]:
    """Return one password for each of `accounts`, the same at every start."""
    file = folder / "demo-accounts.json"
    known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    missing = {name: secrets.token_urlsafe(12) for name in accounts if name not in known}
    if missing:
        known |= missing
        write_secret(file, json.dumps(known))
    return {name: known[name] for name in accounts}


def _link_file(folder: Path) -> Path:
    return folder / "link-secret"
