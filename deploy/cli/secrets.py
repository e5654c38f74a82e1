"""Secrets of a first start: created once, readable by the owner alone, never printed but one kind.

Demo passwords are the exception: `up` prints them, since they open accounts of invented people.
"""

import asyncio
import json
import secrets
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from deploy.backup.keys import prepare_backup_keys
from shared.settings import ConfigurationError, KeyProvider, Settings
from shared.tokens import create_token_keys
from shared.vault import COMPARTMENTS, KeysUnavailableError, create_keyrings
from shared.vault.keyring import write_secret
from shared.vault.providers import all_keys, environment_keyring, keyring_files


def prepare(settings: Settings) -> None:
    """Create whatever key material is missing for the system that `settings` describe.

    Raises:
        ConfigurationError: the provider of keys cannot be used.
    """
    _prepare_others(settings.secrets_dir)
    # A thread of its own: callers may run a loop of theirs.
    with ThreadPoolExecutor(max_workers=1) as apart:
        try:
            apart.submit(lambda: asyncio.run(prepare_keys(settings))).result()
        except KeysUnavailableError as error:
            raise ConfigurationError(str(error)) from error


def prepare_secrets(folder: Path) -> None:
    """Create in `folder` whatever a system with keys in files needs."""
    _prepare_others(folder)
    create_keyrings(folder / "keyrings")


async def prepare_keys(settings: Settings) -> None:
    """Create the key-encryption keys and keyrings that are missing.

    Raises:
        ConfigurationError: the provider's settings are wrong.
        KeysUnavailableError: the provider is away, or refuses.
    """
    if settings.key_provider is KeyProvider.AWS_KMS:
        keyring_files(settings).create()
    provider = all_keys(settings)
    try:
        await provider.prepare()
    finally:
        provider.close()


def _prepare_others(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    create_token_keys(folder)
    prepare_backup_keys(folder)
    if not _link_file(folder).exists():
        write_secret(_link_file(folder), secrets.token_urlsafe(32))


def link_secret(folder: Path) -> str:
    """Return the secret that signs the links in e-mails, created by `prepare_secrets`."""
    return _link_file(folder).read_text().strip()


def keyring_environment(settings: Settings, service: str) -> dict[str, str]:
    """Return the variable with the part of a keyring from the environment that `service` may have.

    Raises:
        ConfigurationError: the environment's keyring is missing or malformed.
    """
    if settings.key_provider is KeyProvider.FILE or settings.keyring is None:
        return {}
    if service not in COMPARTMENTS:
        return {"CARIONEXIQ_KEYRING": ""}
    part = environment_keyring(settings).part_of(service)
    return {"CARIONEXIQ_KEYRING": part.model_dump_json()}


def demo_passwords(folder: Path, accounts: Iterable[str]) -> dict[str, str]:
    """Return one password for each of `accounts`, the same at every start."""
    file = folder / "demo-accounts.json"
    known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    missing = {name: secrets.token_urlsafe(12) for name in accounts if name not in known}
    if missing:
        known |= missing
        write_secret(file, json.dumps(known))
    return {name: known[name] for name in accounts}


def demo_secrets(folder: Path) -> dict[str, str]:
    """Return the TOTP secrets of the demo staff by role, as far as they are enrolled."""
    file = _demo_secrets_file(folder)
    known: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    return known


def keep_demo_secret(folder: Path, role: str, secret: str) -> None:
    """Keep the TOTP secret of the demo `role`, for whoever tries the product."""
    known = {**demo_secrets(folder), role: secret}
    write_secret(_demo_secrets_file(folder), json.dumps(known))


def _demo_secrets_file(folder: Path) -> Path:
    return folder / "demo-authenticators.json"


def _link_file(folder: Path) -> Path:
    return folder / "link-secret"
