"""The real engines under test: started once for a run, told apart by namespaces.

`KAFKA_BOOTSTRAP_SERVERS` and `MONGODB_URI` make the same tests run against other engines.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deploy.cli.secrets import prepare_secrets
from deploy.cli.settings import SystemSettings
from deploy.cli.system import build_system, embedded_engines, service_process
from shared.engines import ServiceProcess, Supervisor, free_ports
from shared.settings import Settings
from shared.topics import SERVICES
from tests.forks import forks
from tests.openid import CLIENT_ID, CLIENT_SECRET, Provider, openid_provider

StartService = Callable[..., ServiceProcess]


@dataclass(frozen=True)
class Engines:
    """Where the running engines are, and settings to reach them."""

    kafka_bootstrap_servers: str
    mongodb_uri: str
    smtp_host: str
    smtp_port: int
    maildir: Path
    data_dir: Path
    """Folder of the run, with secrets as `up` makes them."""
    supervisor: Supervisor

    def settings(self, namespace: str, clock_file: Path | None = None) -> Settings:
        """Return the settings of a service that lives in `namespace`."""
        return Settings(
            kafka_bootstrap_servers=self.kafka_bootstrap_servers,
            mongodb_uri=self.mongodb_uri,
            namespace=namespace,
            data_dir=self.data_dir,
            clock_file=clock_file,
            search_seconds=0,
        )

    def system_settings(
        self, namespace: str, *, data_dir: Path | None = None, clock_file: Path | None = None
    ) -> SystemSettings:
        """Return the settings of a whole system in `namespace`, its services on free ports."""
        return SystemSettings(
            kafka_bootstrap_servers=self.kafka_bootstrap_servers,
            mongodb_uri=self.mongodb_uri,
            smtp_host=self.smtp_host,
            smtp_port=self.smtp_port,
            mailbox_dir=self.maildir,
            namespace=namespace,
            data_dir=data_dir or self.data_dir,
            clock_file=clock_file,
            search_seconds=0,
            **_on_free_ports(f"{service}_port" for service in (*SERVICES, "gateway")),
        )


def embedded_settings(data_dir: Path) -> SystemSettings:
    """Return the settings of a system under `data_dir` in which everything has a free port."""
    names = [name for name in SystemSettings.model_fields if name.endswith("_port")]
    return SystemSettings(data_dir=data_dir, sync_on_commit=False, **_on_free_ports(names))


def _on_free_ports(names: Iterable[str]) -> dict[str, Any]:
    fields = list(names)
    return dict(zip(fields, free_ports(len(fields)), strict=True))


@pytest.fixture(scope="session")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    """The engines of this run, ready."""
    data_dir = tmp_path_factory.mktemp("engines")
    settings = embedded_settings(data_dir)
    prepare_secrets(settings.secrets_dir)
    supervisor = Supervisor(data_dir, [embedded_engines(settings)])
    with supervisor:
        yield Engines(
            kafka_bootstrap_servers=settings.kafka,
            mongodb_uri=settings.mongodb,
            smtp_host=settings.smtp_host,
            smtp_port=settings.smtp_port,
            maildir=settings.maildir,
            data_dir=data_dir,
            supervisor=supervisor,
        )
        supervisor.wait(0)  # raises what made the engines stop before the tests were over


@pytest.fixture
def namespace() -> str:
    """A prefix of topics, groups and databases that no other test uses."""
    return f"t{uuid.uuid4().hex[:10]}-"


@pytest.fixture
def kernel_settings(engines: Engines, namespace: str) -> Settings:
    """Settings of a service that shares nothing with other tests."""
    return engines.settings(namespace)


@pytest.fixture
def start_service(engines: Engines, namespace: str, tmp_path: Path) -> Iterator[StartService]:
    """Start services as `up` does: `start_service("learning", clock_file=...)`, ready on return."""
    with ExitStack() as running:

        def start(name: str, *, clock_file: Path | None = None) -> ServiceProcess:
            settings = engines.system_settings(namespace, clock_file=clock_file)
            service = service_process(settings, name)
            running.enter_context(
                Supervisor(tmp_path / f"run-{name}", [[service]], fork_server=forks())
            )
            return service

        yield start


@dataclass(frozen=True)
class System:
    """A whole running system."""

    settings: SystemSettings
    supervisor: Supervisor
    maildir: Path
    provider: Provider
    """The OpenID Connect provider that its staff may sign in with."""

    @property
    def url(self) -> str:
        """Where the portal is."""
        return self.settings.portal

    def service_url(self, service: str) -> str:
        """Return where `service` answers."""
        return self.settings.service_url(service)


@pytest.fixture(scope="session")
def system(engines: Engines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Every service and the gateway as processes, on the system clock, started once for a run."""
    data_dir = tmp_path_factory.mktemp("system")
    settings = engines.system_settings("e2e-", data_dir=data_dir).model_copy(
        update={
            "destruction_delay_hours": 0,  # or nobody could wait for a certificate
            # Sessions of the staff serve a whole run; the tests of confirming make theirs old.
            "step_up_minutes": 1440,
        }
    )
    with ExitStack() as running:
        provider = running.enter_context(
            openid_provider(f"{settings.portal}/sign-in/provider/back")
        )
        with pytest.MonkeyPatch.context() as surroundings:
            # For the processes that start here, not for what other tests of this one read.
            surroundings.setenv("CARIONEXIQ_COMPONENT_PAGE", "true")
            surroundings.setenv("CARIONEXIQ_OIDC_NAME", "Annuaire")
            surroundings.setenv("CARIONEXIQ_OIDC_ISSUER", provider.issuer)
            surroundings.setenv("CARIONEXIQ_OIDC_CLIENT_ID", CLIENT_ID)
            surroundings.setenv("CARIONEXIQ_OIDC_CLIENT_SECRET", CLIENT_SECRET)
            surroundings.setenv("CARIONEXIQ_OIDC_AMR_VALUES", "mfa")
            supervisor = running.enter_context(build_system(settings, forks=forks()))
        yield System(
            settings=settings,
            supervisor=supervisor,
            maildir=engines.maildir,
            provider=provider,
        )
