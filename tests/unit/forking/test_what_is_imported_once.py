"""What services are made of can be imported before anybody knows for which of them."""

import json
import subprocess
import sys
from tempfile import TemporaryFile
from typing import Any

import pytest

from deploy.cli.system import IMPORTED_ONCE
from shared.forking.connection import is_plain
from tests.forks import forks

READ = """
import importlib, json, os
read, get = set(), os._Environ.__getitem__
os._Environ.__getitem__ = lambda environment, name: (read.add(name), get(environment, name))[1]
for name in {modules}:
    importlib.import_module(name)
print(json.dumps(sorted(read)))
"""
"""Imports everything and tells which variables were asked for."""

HELD = """
import gc, json, sys
from pydantic_settings import BaseSettings
from shared.vault import Keyring
from shared.vault.providers import KeyMaterial
gc.unfreeze()
held = [type(one).__name__ for one in gc.get_objects()
        if isinstance(one, (BaseSettings, Keyring, KeyMaterial))]
mains = [name for name in sys.modules if name.startswith("services.") and name.endswith(".main")]
imported = [name for name in {modules} if name not in sys.modules]
print(json.dumps([held, mains, imported]))
"""
"""Tells what a fork finds: settings and keys, modules that read settings, what was not imported."""


@pytest.mark.promise("C4.2")
def test_the_fork_server_holds_no_settings_and_no_keys() -> None:
    program = ["tests.unit.forking.program", HELD.format(modules=IMPORTED_ONCE)]
    with TemporaryFile() as told:
        process = forks().start(program, {}, stdin=told, stdout=told, stderr=told)
        code = process.wait(60)
        told.seek(0)
        written = told.read().decode()
    assert (code, written) == (0, "[[], [], []]\n")


def test_imports_read_no_variable_that_a_fork_server_has_not() -> None:
    command = [sys.executable, "-c", READ.format(modules=IMPORTED_ONCE)]
    read: Any = json.loads(subprocess.check_output(command))
    assert "TZ" in read or "HOME" in read, "the watch sees nothing"
    unknown = [name for name in read if not is_plain(name)]
    assert unknown == [], "PLAIN names what libraries read; settings are read by a main alone"
