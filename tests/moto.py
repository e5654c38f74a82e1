"""AWS KMS as moto's server imitates it, a process of its own, started once for a run."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import boto3
import httpx
import pytest
from mypy_boto3_kms import KMSClient

from shared.engines import Managed, Report, Supervisor, free_ports
from shared.engines.managed import NotReadyError
from shared.engines.ports import LOOPBACK

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "invented", "AWS_SECRET_ACCESS_KEY": "invented"}


class Moto(Managed):
    """`moto_server`, ready when it answers."""

    name = "moto"

    def __init__(self, port: int) -> None:
        self.ports = {port: "the port of moto"}
        self._port = port

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{LOOPBACK}:{self._port}"

    @property
    def client(self) -> KMSClient:
        """A client of its KMS, for what only an account's owner does."""
        client: KMSClient = boto3.client(
            "kms",
            region_name="eu-west-3",
            endpoint_url=self.url,
            aws_access_key_id="invented",
            aws_secret_access_key="invented",
        )
        return client

    def prepare(self, report: Report) -> None:
        """Nothing to prepare."""

    def command(self) -> Sequence[str]:
        """Return its command line."""
        server = Path(sys.executable).with_name("moto_server")
        return [sys.executable, str(server), "-H", LOOPBACK, "-p", str(self._port)]

    def probe(self) -> None:
        """Ask whether it answers."""
        try:
            httpx.get(f"{self.url}/moto-api/", timeout=2, trust_env=False).raise_for_status()
        except httpx.HTTPError as error:
            raise NotReadyError(type(error).__name__) from error


@pytest.fixture(scope="session")
def moto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moto]:
    """KMS, running."""
    server = Moto(free_ports(1)[0])
    with pytest.MonkeyPatch.context() as environment:
        for name, value in CREDENTIALS.items():
            environment.setenv(name, value)
        with Supervisor(tmp_path_factory.mktemp("moto"), [[server]]):
            yield server
