"""A MongoDB wire server as a process of this machine.

The program is SecantusDB (GPL-2.0-only). It is run, never imported, so that its licence stays
with it: see docs/decisions.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from shared.engines.managed import Managed, NotReadyError, Report, program
from shared.engines.ports import LOOPBACK, answers


class MongoEngine(Managed):
    """The document store.

    With `sync_on_commit`, an acknowledged write survives a power cut; without, it survives a
    killed process only, which is enough for tests and for the demonstration.
    """

    name = "mongodb"
    stops_within = 20.0

    def __init__(self, folder: Path, *, port: int, sync_on_commit: bool) -> None:
        """Describe a server that keeps its files under `folder`."""
        self._folder = folder
        self._port = port
        self._sync_on_commit = sync_on_commit
        self.ports = {port: "CARIONEXIQ_MONGODB_PORT"}

    @property
    def uri(self) -> str:
        """The address clients connect to."""
        return f"mongodb://{LOOPBACK}:{self._port}"

    def prepare(self, report: Report) -> None:  # noqa: ARG002 - nothing takes long here
        """Create the folder, and an empty settings file so that the user's own is not taken."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._configuration.touch()

    def command(self) -> Sequence[str]:
        """Return the command line of the server."""
        command = [str(program("secantusd-py")), "--config", str(self._configuration)]
        command += ["--host", LOOPBACK, "--port", str(self._port)]
        command += ["--storage-path", str(self._folder / "files"), "--log-level", "WARNING"]
        return [*command, "--sync-on-commit"] if self._sync_on_commit else command

    def probe(self) -> None:
        """Ask the server for something that it has to look up: a broken store answers pings."""
        if not answers(self._port):
            raise NotReadyError("does not listen yet")
        client: MongoClient[dict[str, Any]] = MongoClient(
            self.uri, serverSelectionTimeoutMS=2_000, socketTimeoutMS=5_000
        )
        try:
            client.list_database_names()
        except PyMongoError as error:
            raise NotReadyError(type(error).__name__) from error
        finally:
            client.close()

    @property
    def _configuration(self) -> Path:
        return self._folder / "secantusd.toml"
