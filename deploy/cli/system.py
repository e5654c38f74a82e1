"""The whole system as stages of processes: the engines, then the services, then the gateway."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from deploy.cli.secrets import keyring_environment, link_secret, prepare
from deploy.cli.settings import SystemSettings
from shared.engines import (
    KafkaEngine,
    MailboxEngine,
    Managed,
    MongoEngine,
    Report,
    ServiceProcess,
    Supervisor,
    require_free_space,
)
from shared.engines.kafka_jars import cache_folder
from shared.engines.service import EVERY_SERVICE_IMPORTS, PROCESS
from shared.forking import ForkServer
from shared.topics import SERVICES

IMPORTED_ONCE: Final = (
    *EVERY_SERVICE_IMPORTS,
    *(
        f"services.{name}.{part}"
        for name in SERVICES
        for part in ("bootstrap", "application.publish")
    ),
    "services.gateway.bootstrap",
)
"""What services are made of. Never a `main`: that reads the settings."""


def fork_server(data: Path) -> ForkServer:
    """Return what starts the services of a system in folder `data`."""
    return ForkServer(IMPORTED_ONCE, data / "logs" / "forks.log", PROCESS)


def embedded_engines(settings: SystemSettings) -> list[Managed]:
    """Return the engines that run here; those given by an address are left out."""
    data = settings.data_dir.absolute()
    engines: list[Managed] = []
    if settings.embeds_kafka:
        engines.append(
            KafkaEngine(
                data / "kafka",
                port=settings.kafka_port,
                controller_port=settings.kafka_controller_port,
                heap_megabytes=settings.kafka_heap_megabytes,
            )
        )
    if settings.embeds_mongodb:
        engines.append(
            MongoEngine(
                data / "mongodb",
                port=settings.mongodb_port,
                sync_on_commit=settings.sync_on_commit,
            )
        )
    if settings.embeds_mailbox:
        engines.append(MailboxEngine(settings.maildir, port=settings.smtp_port))
    return engines


def service_process(settings: SystemSettings, service: str) -> ServiceProcess:
    """Return `service` as a process with the settings of this system."""
    environment = {
        **settings.service_environment(),
        "CARIONEXIQ_LINK_SECRET": link_secret(settings.secrets_dir),
        **keyring_environment(settings, service),
    }
    return ServiceProcess(service, port=settings.service_port(service), environment=environment)


def build_system(
    settings: SystemSettings,
    *,
    report: Report | None = None,
    services: Sequence[str] = (*SERVICES, "gateway"),
    forks: ForkServer | None = None,
) -> Supervisor:
    """Return a supervisor of the engines and of `services`, with secrets prepared.

    Args:
        settings: of the system.
        report: told what happens to which process.
        services: which of them run.
        forks: starts them; one of the system's own where none is given.

    Raises:
        DiskFullError: there is not enough space for data or engines.
    """
    require_free_space(settings.data_dir.absolute(), settings.minimum_free_mb)
    require_free_space(cache_folder(), settings.minimum_free_mb)
    prepare(settings)
    backend = [service_process(settings, name) for name in services if name != "gateway"]
    front = [service_process(settings, name) for name in services if name == "gateway"]
    return Supervisor(
        settings.data_dir.absolute(),
        [embedded_engines(settings), backend, front],
        fork_server=fork_server(settings.data_dir.absolute()) if forks is None else forks,
        report=report,
    )
