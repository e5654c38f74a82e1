"""Services that are forked one after the other have nothing of one another (C4.2)."""

import re
from base64 import b64encode
from pathlib import Path

import psutil
import pytest

from shared.engines import RunFile
from shared.vault import load_keyring
from tests.engines import Engines, StartService


def process_of(run: Path) -> psutil.Process:
    running = RunFile(run).live()
    assert running is not None
    (service,) = running.processes
    return psutil.Process(service.pid)


def keys_of(engines: Engines, service: str) -> set[bytes]:
    """Return the key-encryption keys of `service`, as they are and as its keyring has them."""
    keyring = load_keyring(engines.settings("").keyring_file(service))
    return {
        form
        for category in keyring.category_keys
        for key in keyring.key_encryption_keys(category).values()
        for form in (key, b64encode(key))
    }


def in_memory(process: psutil.Process, values: set[bytes]) -> set[bytes]:
    """Return which of `values` are in what `process` can write to, inherited or not."""
    wanted = re.compile(b"|".join(map(re.escape, sorted(values))))
    found: set[bytes] = set()
    with (
        Path(f"/proc/{process.pid}/maps").open() as maps,
        Path(f"/proc/{process.pid}/mem").open("rb", buffering=0) as memory,
    ):
        for line in maps:
            place, rights = line.split()[:2]
            if rights.startswith("rw"):
                start, end = (int(one, 16) for one in place.split("-"))
                memory.seek(start)
                found |= set(wanted.findall(memory.read(end - start)))
    return found


@pytest.mark.promise("C4.2")
async def test_no_service_has_in_memory_the_keys_of_one_started_before(
    engines: Engines, start_service: StartService, tmp_path: Path
) -> None:
    keys = keys_of(engines, "learning") - keys_of(engines, "consent")
    assert keys
    start_service("learning")
    start_service("consent")
    learning, consent = (process_of(tmp_path / f"run-{name}") for name in ("learning", "consent"))
    assert learning.ppid() == consent.ppid(), "forked from the same process"
    assert "services.consent.main:app" in consent.cmdline()[0]
    assert in_memory(learning, keys), "the search finds keys where they are"
    assert in_memory(consent, keys) == set()
