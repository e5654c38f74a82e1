"""What the whole system on one machine needs to start: every port and every folder."""

import json
import os
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from shared.engines.ports import LOOPBACK
from shared.settings import ENV_PREFIX, Settings
from shared.topics import SERVICES

ERASURE_DEADLINE_DAYS: Final = 28
"""The month within which an erasure is to be complete (GDPR art. 12(3)), at its shortest."""


DEMONSTRATION_PROCESSORS: Final = Path(__file__).parents[1] / "demo" / "processors.yaml"
"""Invented processors, where a folder of this machine stands for people's mailboxes."""


class SystemSettings(Settings):
    """Settings of `carionexiq up`; each is a variable `CARIONEXIQ_<NAME>`.

    `KAFKA_BOOTSTRAP_SERVERS`, `MONGODB_URI` and `CARIONEXIQ_SMTP_HOST` point at engines that run
    elsewhere; the embedded ones are then not started.
    """

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX,
        env_ignore_empty=True,
        extra="ignore",
        populate_by_name=True,
        frozen=True,
    )

    gateway_port: int = Field(default=8000, ge=1, le=65535)
    identity_port: int = Field(default=8101, ge=1, le=65535)
    learning_port: int = Field(default=8102, ge=1, le=65535)
    consent_port: int = Field(default=8103, ge=1, le=65535)
    retention_port: int = Field(default=8104, ge=1, le=65535)
    notify_port: int = Field(default=8105, ge=1, le=65535)
    kafka_port: int = Field(default=19092, ge=1, le=65535)
    kafka_controller_port: int = Field(default=19093, ge=1, le=65535)
    mongodb_port: int = Field(default=27117, ge=1, le=65535)
    smtp_port: int = Field(default=2525, ge=1, le=65535)
    smtp_host: str = LOOPBACK
    kafka_heap_megabytes: int = Field(default=384, ge=128)
    sync_on_commit: bool = True
    """Whether the embedded MongoDB server makes every acknowledged write survive a power cut."""
    minimum_free_mb: int = Field(default=512, ge=0)
    """Free space below which nothing is started."""
    mailbox_dir: Path | None = None
    """Maildir whose messages the portal shows; the embedded mailbox's when there is one."""

    backup_targets: Annotated[tuple[Path, ...], NoDecode] = ()
    """Folders on distinct sites that backups go to, separated by colons; none: no backups."""
    backup_single_target: bool = Field(default=False, validate_default=True)
    """Whether a single target is enough, against the promise of distinct sites (C7.5)."""
    backup_hours: float = Field(default=24, gt=0)
    """How often `carionexiq up` makes a backup by itself."""
    backup_days: float = Field(default=30, gt=0)
    """How long a copy of the stores is kept: the controller's choice."""
    destruction_delay_hours: float = Field(default=24, ge=0)
    """How long a data key is disabled before it is destroyed; as for the retention service."""
    backup_key_days: float = Field(default=7, gt=0, validate_default=True)
    """How long a copy of the key store is kept: what is erased can be opened with it so long."""

    @field_validator("backup_targets", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return (
            [part for part in value.split(os.pathsep) if part] if isinstance(value, str) else value
        )

    @field_validator("backup_targets")
    @classmethod
    def _apart(cls, value: tuple[Path, ...]) -> tuple[Path, ...]:
        if len({path.resolve() for path in value}) < len(value):
            raise ValueError("two targets are the same folder: they stand for distinct sites")
        return value

    @field_validator("backup_single_target")
    @classmethod
    def _several(cls, value: bool, given: ValidationInfo) -> bool:  # noqa: FBT001 - pydantic's
        if len(given.data.get("backup_targets", ())) == 1 and not value:
            raise ValueError("one target is not two sites (C7.5): name another, or set this true")
        return value

    @field_validator("backup_key_days")
    @classmethod
    def _below_the_deadline(cls, value: float, given: ValidationInfo) -> float:
        if value > given.data.get("backup_days", value):
            raise ValueError("at most CARIONEXIQ_BACKUP_DAYS: keys outlive no copy they open")
        if value + given.data.get("destruction_delay_hours", 0) / 24 >= ERASURE_DEADLINE_DAYS:
            raise ValueError(
                "copies of keys must be gone before an erasure is due: with the delay of "
                f"destruction less than {ERASURE_DEADLINE_DAYS} days (GDPR art. 12(3))"
            )
        return value

    @property
    def embeds_kafka(self) -> bool:
        """Whether the broker is ours to run."""
        return "kafka_bootstrap_servers" not in self.model_fields_set

    @property
    def embeds_mongodb(self) -> bool:
        """Whether the document store is ours to run."""
        return "mongodb_uri" not in self.model_fields_set

    @property
    def embeds_mailbox(self) -> bool:
        """Whether mail goes to a folder of this machine instead of to people."""
        return "smtp_host" not in self.model_fields_set

    @property
    def kafka(self) -> str:
        """The brokers in use."""
        embedded = f"{LOOPBACK}:{self.kafka_port}"
        return embedded if self.embeds_kafka else self.kafka_bootstrap_servers

    @property
    def mongodb(self) -> str:
        """The document store in use."""
        embedded = f"mongodb://{LOOPBACK}:{self.mongodb_port}"
        return embedded if self.embeds_mongodb else self.mongodb_uri

    @property
    def portal(self) -> str:
        """Where people reach the portal."""
        given = "public_url" in self.model_fields_set
        return self.public_url if given else f"http://{LOOPBACK}:{self.gateway_port}"

    @property
    def maildir(self) -> Path:
        """The folder the embedded mailbox delivers to."""
        return self.mailbox_dir or self.data_dir.absolute() / "mailbox"

    def service_port(self, service: str) -> int:
        """Return the port of `service`, one of the five or the gateway."""
        port: int = getattr(self, f"{service}_port")
        return port

    def service_url(self, service: str) -> str:
        """Return the address of `service` on this machine."""
        return f"http://{LOOPBACK}:{self.service_port(service)}"

    def as_seen_by_services(self) -> Settings:
        """Return the part that every service has, with the addresses of the engines in use."""
        return Settings(
            kafka_bootstrap_servers=self.kafka,
            mongodb_uri=self.mongodb,
            namespace=self.namespace,
            topic_partitions=self.topic_partitions,
            partitions_by_topic=self.partitions_by_topic,
            data_dir=self.data_dir,
            clock_file=self.clock_file,
            public_url=self.portal,
        )

    def service_environment(self) -> dict[str, str]:
        """Return the variables by which every service finds the others and the engines."""
        environment = {
            "KAFKA_BOOTSTRAP_SERVERS": self.kafka,
            "MONGODB_URI": self.mongodb,
            "CARIONEXIQ_DATA_DIR": str(self.data_dir.absolute()),
            "CARIONEXIQ_NAMESPACE": self.namespace,
            "CARIONEXIQ_TOPIC_PARTITIONS": str(self.topic_partitions),
            "CARIONEXIQ_PARTITIONS_BY_TOPIC": json.dumps(self.partitions_by_topic),
            "CARIONEXIQ_PUBLIC_URL": self.portal,
            "CARIONEXIQ_SMTP_HOST": self.smtp_host,
            "CARIONEXIQ_SMTP_PORT": str(self.smtp_port),
            "CARIONEXIQ_LOG_LEVEL": self.log_level,
            "CARIONEXIQ_RELAY_SWEEP_SECONDS": str(self.relay_sweep_seconds),
            "CARIONEXIQ_SEARCH_SECONDS": str(self.search_seconds),
            "CARIONEXIQ_REACTION_ATTEMPTS": str(self.reaction_attempts),
            "CARIONEXIQ_DESTRUCTION_DELAY_HOURS": str(self.destruction_delay_hours),
            "CARIONEXIQ_STEP_UP_MINUTES": str(self.step_up_minutes),
            "CARIONEXIQ_KEY_PROVIDER": self.key_provider,
            "CARIONEXIQ_KMS_ALIAS_PREFIX": self.kms_alias_prefix,
            "CARIONEXIQ_KMS_REGION": self.kms_region,
        }
        if self.kms_endpoint is not None:
            environment["CARIONEXIQ_KMS_ENDPOINT"] = self.kms_endpoint
        if self.clock_file is not None:
            environment["CARIONEXIQ_CLOCK_FILE"] = str(self.clock_file.absolute())
        if self.embeds_mailbox or self.mailbox_dir is not None:
            environment["CARIONEXIQ_MAILBOX_DIR"] = str(self.maildir)
            environment["CARIONEXIQ_PROCESSORS_FILE"] = os.environ.get(
                "CARIONEXIQ_PROCESSORS_FILE", str(DEMONSTRATION_PROCESSORS)
            )
        for service in SERVICES:
            environment[f"CARIONEXIQ_{service.upper()}_URL"] = self.service_url(service)
        return environment
