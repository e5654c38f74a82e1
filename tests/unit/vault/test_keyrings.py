"""Keyrings: made once, split by compartment, given by file or environment, with versions."""

import json
import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from deploy.cli.secrets import keyring_environment
from shared.personal import Category
from shared.settings import ConfigurationError, KeyProvider, Settings
from shared.vault import KeyId, KeysUnavailableError, create_keyrings
from shared.vault.compartments import COMPARTMENTS, KEY_NAMES, ROLE_COMPARTMENTS
from shared.vault.keyring import Keyring, load_keyring, parse_keyring
from shared.vault.keyring_encryption import KeyringEncryption, KeyringFile
from shared.vault.keyring_files import KeyringFiles
from shared.vault.providers import key_material
from shared.vault.wrapping import RotationRunningError, UnknownVersionError, Wrapped

KEY = KeyId("subject-1", Category.PAYMENT, "invoice-1")
DATA_KEY = bytes(range(32))


def test_each_holder_gets_the_keys_of_its_compartment_and_no_other(tmp_path: Path) -> None:
    create_keyrings(tmp_path)
    for service, compartment in COMPARTMENTS.items():
        assert load_keyring(tmp_path / f"{service}.json").category_keys.keys() == compartment
    for role, compartment in ROLE_COMPARTMENTS.items():
        keyring = load_keyring(tmp_path / "roles" / f"{role}.json")
        assert keyring.category_keys.keys() == compartment
        assert keyring.blind_index_key is None


def test_making_keyrings_again_changes_nothing(tmp_path: Path) -> None:
    create_keyrings(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.json")}
    create_keyrings(tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.json")} == before


async def test_keys_from_before_versions_are_the_first_version(tmp_path: Path) -> None:
    create_keyrings(tmp_path)
    for file in ("category-keys.json", "own-keys.json"):
        kept = json.loads((tmp_path / file).read_text())
        flat = {
            name: one if isinstance(one, str) else one[f"{name}/1"] for name, one in kept.items()
        }
        (tmp_path / file).write_text(json.dumps(flat))
    wrapped = await _encryption(tmp_path).wrap({KEY: DATA_KEY})
    create_keyrings(tmp_path)
    assert await KeyringFiles(tmp_path).versions("payment") == ["payment/1"]
    unrecorded = {KEY: Wrapped(wrapped[KEY].data, None)}
    assert await _encryption(tmp_path).unwrap(unrecorded) == {KEY: DATA_KEY}


async def test_a_running_process_takes_up_a_new_version_and_loses_the_old_one(
    tmp_path: Path,
) -> None:
    create_keyrings(tmp_path)
    files = KeyringFiles(tmp_path)
    running = _encryption(tmp_path)
    old = await running.wrap({KEY: DATA_KEY})
    assert await files.add_version("payment") == "payment/2"
    new = await running.wrap({KEY: DATA_KEY})
    assert (old[KEY].under, new[KEY].under) == ("payment/1", "payment/2")
    assert await running.unwrap(old) == await running.unwrap(new) == {KEY: DATA_KEY}
    await files.withdraw("payment/1")
    with pytest.raises(UnknownVersionError):
        await running.unwrap(old)
    await files.withdraw("payment/1", undo=True)
    assert await running.unwrap(old) == {KEY: DATA_KEY}
    await files.destroy("payment", "payment/1")
    with pytest.raises(UnknownVersionError):
        await running.unwrap(old)
    assert await files.versions("payment") == ["payment/2"]
    assert await files.add_version("payment") == "payment/3"


async def test_a_keyring_that_became_unreadable_is_no_erasure(tmp_path: Path) -> None:
    create_keyrings(tmp_path)
    running = _encryption(tmp_path)
    wrapped = await running.wrap({KEY: DATA_KEY})
    (tmp_path / "new").write_text("{")
    (tmp_path / "new").replace(tmp_path / "learning.json")
    with pytest.raises(KeysUnavailableError):
        await running.unwrap(wrapped)


def test_two_rotations_at_a_time_are_refused(tmp_path: Path) -> None:
    create_keyrings(tmp_path)
    with (
        KeyringFiles(tmp_path).alone(),
        pytest.raises(RotationRunningError),
        KeyringFiles(tmp_path).alone(),
    ):
        pass


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("{", "the whole value"),
        ("{}", "category_keys"),
        ('{"category_keys": {"payments": {}}}', "category_keys"),
        ('{"category_keys": {"payment": {"payment/1": "c2hvcnQ="}}}', "32 bytes"),
        ('{"category_keys": {"payment": {"contact/1": "%s"}}}', "payment"),
        ('{"category_keys": {}, "blind_index": "x"}', "blind_index"),
    ],
)
def test_a_bad_keyring_of_the_environment_stops_the_start_with_one_line(
    text: str, where: str
) -> None:
    key = "A" * 43 + "="
    settings = Settings(
        key_provider=KeyProvider.ENVIRONMENT, keyring=SecretStr(text.replace("%s", key))
    )
    with pytest.raises(ConfigurationError) as told:
        key_material(settings, "learning")
    line = str(told.value)
    assert line.startswith("CARIONEXIQ_KEYRING: ")
    assert where in line
    assert "\n" not in line
    assert "c2hvcnQ" not in line
    assert key not in line


def test_a_missing_keyring_of_the_environment_stops_the_start(tmp_path: Path) -> None:
    settings = Settings(key_provider=KeyProvider.ENVIRONMENT, data_dir=tmp_path)
    with pytest.raises(ConfigurationError, match=r"^CARIONEXIQ_KEYRING: "):
        key_material(settings, "learning")


def test_the_environment_gives_each_service_its_part_and_the_gateway_nothing(
    tmp_path: Path,
) -> None:
    create_keyrings(tmp_path)
    everything = KeyringFiles(tmp_path).all()
    settings = Settings(
        key_provider=KeyProvider.ENVIRONMENT, keyring=SecretStr(everything.model_dump_json())
    )
    for service, compartment in COMPARTMENTS.items():
        part = parse_keyring(keyring_environment(settings, service)["CARIONEXIQ_KEYRING"])
        assert part.category_keys.keys() == compartment
        assert part == load_keyring(tmp_path / f"{service}.json")
    assert keyring_environment(settings, "gateway") == {"CARIONEXIQ_KEYRING": ""}


def test_no_key_shows_in_settings_or_keyring(tmp_path: Path) -> None:
    create_keyrings(tmp_path)
    text = (tmp_path / "learning.json").read_text()
    shown = repr(Settings(keyring=SecretStr(text))) + repr(Keyring.model_validate_json(text))
    keys = [
        key for versions in json.loads(text)["category_keys"].values() for key in versions.values()
    ]
    assert keys
    assert not any(key in shown for key in keys)


def test_every_key_has_a_name_of_its_own() -> None:
    assert set(KEY_NAMES.values()) == set(Category)


def test_a_secret_is_written_durably(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_mode))
    create_keyrings(tmp_path)
    folders = [mode for mode in synced if mode & 0o040000]
    assert len(folders) == len(synced) / 2


def _encryption(folder: Path) -> KeyringEncryption:
    file = KeyringFile(folder / "learning.json")
    return KeyringEncryption(file.keyring, file.reread)
