"""Settings of the identity service."""

from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from shared.settings import LOOPBACK, Settings


class IdentitySettings(Settings):
    """What identity needs beyond every service's settings."""

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
    imap_username: str = ""
    imap_password: SecretStr = SecretStr("")
    imap_folder: str = "INBOX"
    """Mails in it are taken in, then deleted."""
    imap_aside_folder: str = "Set aside"
    """Mails that could not be taken in, for 30 days."""
    imap_timeout_seconds: float = Field(default=20.0, gt=0, le=120)
    even_answer_seconds: float = Field(default=0.3, ge=0, le=5)
    """Answers whose time must not tell whether an account is known take a multiple of this."""

    @field_validator("imap_tls")
    @classmethod
    def _encrypted_beyond_this_machine(cls, value: str, given: ValidationInfo) -> str:
        if value == "none" and given.data.get("imap_host") not in LOOPBACK:
            raise ValueError("tls, except on this machine (C6.1)")
        return value
