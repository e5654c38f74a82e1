"""Settings of the identity service."""

from pathlib import Path
from typing import ClassVar, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from shared.imap import MailboxAddress
from shared.settings import LOOPBACK, Settings, named_beyond_this_machine

WATCH_RULES: Final = Path(__file__).parent / "watch" / "2026-11-28.yaml"


class IdentitySettings(Settings):
    """What identity needs beyond every service's settings."""

    upload_paths: ClassVar[tuple[str, ...]] = (
        "/contact-requests",
        "/me/support-requests",
        "/me/support-requests/",
    )

    link_secret: SecretStr = Field(min_length=16)
    """Signs the links in e-mails."""
    argon2_time_cost: int = Field(default=3, ge=1, le=20)
    argon2_memory_kib: int = Field(default=65_536, ge=8, le=4_194_304)
    argon2_parallelism: int = Field(default=4, ge=1, le=64)
    password_hashes_at_once: int = Field(default=2, ge=1, le=64)
    """How many hashes are computed at the same time; each takes `argon2_memory_kib`."""
    mail_from: str = Field(default="contact@carionexiq.com", pattern=r"^[^@\s]+@[^@\s]+$")
    """Address that messages come from and that people answer to."""
    imap_host: str | None = None
    """Server of the mailbox that people write to; without one no mail is taken in."""
    imap_port: int = Field(default=993, ge=1, le=65535)
    imap_tls: Literal["none", "tls"] = Field(default="tls", validate_default=True)
    """How the way to the mailbox is encrypted; `none` only on this machine."""
    imap_processor: str | None = Field(default=None, validate_default=True)
    """Who keeps the mailbox, as the register of processors calls it; needed unless on this
    machine."""
    imap_username: str = ""
    imap_password: SecretStr = SecretStr("")
    imap_folder: str = "INBOX"
    """Mails in it are taken in, then deleted."""
    imap_aside_folder: str = "Set aside"
    """Mails that could not be taken in, for 30 days."""
    imap_timeout_seconds: float = Field(default=20.0, gt=0, le=120)
    oidc_issuer: str | None = Field(default=None, pattern=r"^https?://[^\s]+$")
    """OpenID Connect provider that staff may sign in with; without it there is none."""
    oidc_processor: str | None = Field(default=None, validate_default=True)
    """Who runs the provider, as the register of processors calls it; needed unless on this
    machine."""
    oidc_client_id: str | None = Field(default=None, min_length=1, validate_default=True)
    """Who this platform is at that provider."""
    oidc_client_secret: SecretStr | None = Field(default=None, validate_default=True)
    """What proves it to the provider."""
    oidc_acr_values: str = ""
    """How the provider has to have authenticated somebody (`acr`): names separated by spaces, of
    which it must tell one. With neither this nor the next, staff give a second factor here."""
    oidc_amr_values: str = ""
    """By what means (`amr`), such as `mfa`: names separated by spaces; it must tell one of them."""
    even_answer_seconds: float = Field(default=0.3, ge=0, le=5)
    """Answers whose time must not tell whether an account is known take a multiple of this."""
    watch_rules_file: Path = WATCH_RULES
    """What technical traces and readings are watched for."""
    break_glass_minutes: int = Field(default=30, ge=5, le=240)
    """How long an access beyond the compartment lasts."""
    break_glass_review_hours: int = Field(default=24, ge=1, le=720)
    """After how long its review is reminded of, and again each time that long has passed."""
    geography_file: Path | None = None
    """MMDB file that tells coordinates of network addresses; without one, travel is not watched."""

    @property
    def mailbox(self) -> MailboxAddress:
        """The mailbox that people write to."""
        return MailboxAddress(
            host=self.imap_host or "",
            port=self.imap_port,
            tls=self.imap_tls,
            username=self.imap_username,
            password=self.imap_password,
            folder=self.imap_folder,
            aside=self.imap_aside_folder,
            timeout_seconds=self.imap_timeout_seconds,
        )

    @field_validator("oidc_issuer")
    @classmethod
    def _over_tls(cls, value: str | None) -> str | None:
        host = urlsplit(value or "").hostname
        if value and not value.startswith("https://") and host not in LOOPBACK:
            raise ValueError("a provider on another machine is reached over https")
        return value

    @field_validator("imap_processor")
    @classmethod
    def _kept_by_somebody(cls, value: str | None, given: ValidationInfo) -> str | None:
        return named_beyond_this_machine(value, given.data.get("imap_host"))

    @field_validator("oidc_processor")
    @classmethod
    def _run_by_somebody(cls, value: str | None, given: ValidationInfo) -> str | None:
        host = urlsplit(given.data.get("oidc_issuer") or "").hostname
        return named_beyond_this_machine(value, host)

    @field_validator("oidc_client_id", "oidc_client_secret")
    @classmethod
    def _with_issuer(cls, value: object, info: ValidationInfo) -> object:
        if info.data.get("oidc_issuer") and not value:
            raise ValueError("needed with CARIONEXIQ_OIDC_ISSUER")
        return value

    @field_validator("imap_tls")
    @classmethod
    def _encrypted_beyond_this_machine(cls, value: str, given: ValidationInfo) -> str:
        if value == "none" and given.data.get("imap_host") not in LOOPBACK:
            raise ValueError("tls, except on this machine (C6.1)")
        return value
