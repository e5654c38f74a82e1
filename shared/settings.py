"""Settings: one typed object per process, read from the environment once, at the start."""

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar, Final, TypeVar

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.clock import Clock, SystemClock, VirtualClock
from shared.ledger_mark import FILE as LEDGER_FILE
from shared.processors.regions import keeps_keys

ENV_PREFIX = "CARIONEXIQ_"


class ConfigurationError(Exception):
    """A setting is missing or wrong; the message is one line that names it."""


class KeyProvider(StrEnum):
    """Where key-encryption keys are."""

    FILE = "file"
    """Keyrings in files under the data folder."""
    ENVIRONMENT = "environment"
    """A keyring in an environment variable, for containers."""
    AWS_KMS = "aws-kms"
    """AWS KMS, where the keys never leave the service."""


LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
"""Hosts that only this machine reaches."""


def named_beyond_this_machine(processor: str | None, host: str | None) -> str | None:
    """Return `processor`, which has to be named where data leaves for `host`.

    Raises:
        ValueError: it is not, and `host` is another machine (C10.1).
    """
    if host is not None and host not in LOOPBACK and not processor:
        raise ValueError("name its processor in the register, except on this machine (C10.1)")
    return processor or None


class Settings(BaseSettings):
    """What every service needs to start. Services add their own fields in a subclass."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, extra="ignore", populate_by_name=True, frozen=True
    )

    kafka_bootstrap_servers: str = Field(
        default="127.0.0.1:19092", validation_alias="KAFKA_BOOTSTRAP_SERVERS"
    )
    mongodb_uri: str = Field(default="mongodb://127.0.0.1:27117", validation_alias="MONGODB_URI")
    namespace: str = Field(default="", pattern=r"^[a-z0-9-]{0,40}$")
    """Prefix of every topic, group and database, so that several systems can share engines."""
    topic_partitions: int = Field(default=3, ge=1, le=1000)
    """Partitions of a topic that is not named in the next setting."""
    partitions_by_topic: dict[str, Annotated[int, Field(ge=1, le=1000)]] = Field(default={})
    """Partitions of single topics, as JSON: `{"learning.events": 12}`."""
    topic_replicas: int = Field(default=1, ge=1, le=10)
    """Copies of each partition; one on the embedded broker, three in production."""
    data_dir: Path = Path("data")
    """Folder of secrets, ledger and logs."""
    clock_file: Path | None = None
    """Shared virtual clock; absent in normal operation."""
    public_url: str = Field(default="http://127.0.0.1:8000", pattern=r"^https?://[^\s/]+$")
    """Where people reach the portal; links in e-mails start with it."""
    gateway_keys_url: str | None = Field(default=None, pattern=r"^https?://[^\s]+$")
    """Where services fetch the gateway's public token keys (`/.well-known/jwks.json` of it), on
    machines that do not share its data folder; without it they read them there."""
    token_key_days: int = Field(default=30, ge=1, le=366)
    """After so many days the gateway, and the command line, sign with a key of their own anew."""
    step_up_minutes: int = Field(default=10, ge=1, le=1440)
    """How long after showing who one is what needs it lately can be done (`recent` in the table of
    rights)."""
    log_level: str = Field(default="INFO", pattern=r"^(DEBUG|INFO|WARNING|ERROR)$")
    relay_sweep_seconds: float = Field(default=2.0, gt=0)
    """How often the relay looks for commits that nobody announced to it."""
    search_seconds: float = Field(default=30.0, ge=0)
    """Least time between two searches of all stores for what was erased; many cases share one."""
    reaction_attempts: int = Field(default=5, ge=1, le=50)
    """How often a failing message is tried before it goes to the dead-letter topic."""

    request_head_seconds: float = Field(default=10.0, gt=0, le=300)
    """How long the head of a request may take to arrive before the connection is closed."""
    request_body_seconds: float = Field(default=60.0, gt=0, le=3600)
    """How long the body of a request may take to arrive after its head."""
    request_body_bytes: int = Field(default=1024 * 1024, ge=64 * 1024, le=16 * 1024 * 1024)
    """Size of the largest request without files; what is larger is refused without being read."""
    upload_bytes: int = Field(default=6 * 1024 * 1024, ge=64 * 1024, le=64 * 1024 * 1024)
    """Size of all files of one request together."""
    sign_ins_at_once: int = Field(default=16, ge=1, le=1000)
    """How many sign-ins from devices that their account does not know are under way at once; more
    are told to come back in seconds."""
    upload_paths: ClassVar[tuple[str, ...]] = ()
    """Where a service takes files; one that ends in `/` stands for all that begin so."""

    key_provider: KeyProvider = KeyProvider.FILE
    """Where key-encryption keys are: `file`, `environment` or `aws-kms`."""
    keyring: SecretStr | None = None
    """With `environment`: what a keyring's file holds, as JSON. `carionexiq up` gives each service
    its part."""
    kms_alias_prefix: str = Field(default="alias/carionexiq/", pattern=r"^alias/[a-zA-Z0-9/_-]+$")
    """With `aws-kms`: what precedes namespace and category in the alias of each key."""
    kms_region: str = "eu-west-3"
    """With `aws-kms`: the region of the keys, in the European Economic Area; Paris unless another
    is set."""
    kms_endpoint: str | None = Field(default=None, pattern=r"^https?://[^\s/]+$")
    """With `aws-kms`: address of the service when it is not the region's own."""
    kms_deletion_days: int = Field(default=7, ge=7, le=30)
    """With `aws-kms`: how long a retired key waits for its deletion."""

    @field_validator("kms_region")
    @classmethod
    def _inside_the_union(cls, value: str, given: ValidationInfo) -> str:
        if given.data.get("key_provider") == KeyProvider.AWS_KMS and not keeps_keys(value):
            raise ValueError("a region in the European Economic Area (C10.1)")
        return value

    @property
    def encoded_upload_bytes(self) -> int:
        """Size of the largest request with files, which travel in JSON as base64 (RFC 4648)."""
        return self.upload_bytes // 3 * 4 + self.request_body_bytes

    def partitions_of(self, topic: str) -> int:
        """Return how many partitions `topic`, without namespace, is meant to have."""
        return self.partitions_by_topic.get(topic, self.topic_partitions)

    @property
    def token_key_age(self) -> timedelta:
        """How long a key signs tokens before another one follows."""
        return timedelta(days=self.token_key_days)

    @property
    def recently(self) -> timedelta:
        """How long having shown who one is counts as recent."""
        return timedelta(minutes=self.step_up_minutes)

    @property
    def secrets_dir(self) -> Path:
        """Folder of key material, mode 0700."""
        return self.data_dir / "secrets"

    @property
    def ledger_file(self) -> Path:
        """The erasure ledger, outside every database; retention alone writes it."""
        return self.data_dir / "ledger" / LEDGER_FILE

    def keyring_file(self, service: str) -> Path:
        """Return the file with the key-encryption keys that `service` may use."""
        return self.secrets_dir / "keyrings" / f"{service}.json"

    def role_keyring_file(self, role: str) -> Path:
        """Return the file with the keys of a process that works for one role of staff alone."""
        return self.secrets_dir / "keyrings" / "roles" / f"{role}.json"

    def clock(self) -> Clock:
        """Return the clock this process lives by.

        Raises:
            ConfigurationError: the virtual clock's file does not exist.
        """
        if self.clock_file is None:
            return SystemClock()
        try:
            return VirtualClock(self.clock_file)
        except OSError as error:
            raise ConfigurationError(
                f"{ENV_PREFIX}CLOCK_FILE: cannot open the virtual clock ({error.strerror})"
            ) from error


S = TypeVar("S", bound=Settings)


def load_settings(settings: type[S]) -> S:
    """Read `settings` from the environment.

    Raises:
        ConfigurationError: a value is missing or wrong; one line, naming the first such setting.
    """
    try:
        return settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = str(first["loc"][0])
        field = settings.model_fields.get(name)
        alias = field.validation_alias if field else name
        own_name = isinstance(alias, str) and alias.isupper()
        variable = alias if own_name else ENV_PREFIX + name.upper()
        raise ConfigurationError(f"{variable}: {first['msg']}") from error
