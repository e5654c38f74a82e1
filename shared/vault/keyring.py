"""Key-encryption keys, one per category, and who holds which: compartments kept by cryptography."""

import base64
import json
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.personal import Category
from shared.settings import ConfigurationError

KEY_BYTES: Final = 32

_OF_PEOPLE: Final[dict[str, frozenset[Category]]] = {
    "identity": frozenset(
        {
            Category.CIVIL_IDENTITY,
            Category.CONTACT,
            Category.CREDENTIALS,
            Category.PROFILE,
            Category.SUPPORT,
            Category.PROSPECT,
            Category.TECHNICAL_TRACES,
            Category.STAFF,
        }
    ),
    "learning": frozenset(
        {
            Category.CIVIL_IDENTITY,
            Category.LEARNING_HISTORY,
            Category.PAYMENT,
            Category.RECORDING,
        }
    ),
    "consent": frozenset(),
    "retention": frozenset(),
    "notify": frozenset({Category.CIVIL_IDENTITY, Category.CONTACT, Category.PROSPECT}),
}
"""What each service may open of people. Retention decides over all and reads none."""

EACH_ITS_OWN: Final = frozenset({Category.DEAD_LETTERS})
"""Categories that every service has, each with a key that no other service has."""

COMPARTMENTS: Final[dict[str, frozenset[Category]]] = {
    service: categories | EACH_ITS_OWN for service, categories in _OF_PEOPLE.items()
}
"""The categories each service may open."""

BLIND_INDEX_SERVICES: Final = frozenset({"identity"})


class Keyring(BaseModel):
    """The key material one process holds, base64 in its file."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    category_keys: dict[Category, str]
    blind_index_key: str | None = None

    def __repr__(self) -> str:
        return f"Keyring({sorted(self.category_keys)})"

    def key_encryption_key(self, category: Category) -> bytes | None:
        """Return the 32-byte key of `category`, or `None` outside this process's compartments."""
        encoded = self.category_keys.get(category)
        return None if encoded is None else base64.b64decode(encoded)

    def blind_index_secret(self) -> bytes:
        """Return the key of lookup tokens.

        Raises:
            ConfigurationError: this process may not compute lookup tokens.
        """
        if self.blind_index_key is None:
            raise ConfigurationError("keyring: no blind-index key in this compartment")
        return base64.b64decode(self.blind_index_key)


def load_keyring(path: Path) -> Keyring:
    """Read the keyring at `path`.

    Raises:
        ConfigurationError: it is missing, unreadable or malformed.
    """
    try:
        return Keyring.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(
            f"CARIONEXIQ_DATA_DIR: no keyring at {path} ({error.strerror})"
        ) from error
    except ValidationError as error:
        raise ConfigurationError(f"CARIONEXIQ_DATA_DIR: {path} is not a keyring") from error


def create_keyrings(folder: Path) -> None:
    """Create what is missing in `folder`: the master keys and one keyring per service.

    The keys themselves are kept once, in `category-keys.json` and, where each service has its own,
    in `own-keys.json`; each service's file repeats only those of its compartments. Existing keys
    are never replaced, since data depends on them.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    shared_names = [*(str(one) for one in Category if one not in EACH_ITS_OWN), "blind_index"]
    keys = _kept(folder / "category-keys.json", shared_names)
    own_names = [f"{one}/{service}" for service in COMPARTMENTS for one in sorted(EACH_ITS_OWN)]
    own = _kept(folder / "own-keys.json", own_names)
    for service, categories in COMPARTMENTS.items():
        keyring = {
            "category_keys": {
                str(one): own[f"{one}/{service}"] if one in EACH_ITS_OWN else keys[one]
                for one in sorted(categories)
            },
            "blind_index_key": keys["blind_index"] if service in BLIND_INDEX_SERVICES else None,
        }
        write_secret(folder / f"{service}.json", json.dumps(keyring))


def _kept(file: Path, names: Sequence[str]) -> dict[str, str]:
    """Return the keys called `names`, those in `file` as they are and the missing ones new."""
    keys: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    for name in names:
        keys.setdefault(name, base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode())
    write_secret(file, json.dumps(keys))
    return keys


def write_secret(path: Path, content: str) -> None:
    """Write `content` to `path` in one step, readable by the owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
