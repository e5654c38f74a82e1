"""What the notify service needs to start, beside what every service needs."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from shared.settings import LOOPBACK, Settings


class NotifySettings(Settings):
    """Settings of the notify service."""

    link_secret: SecretStr = Field(min_length=16)
    """Key that signs the links in e-mails; the consent service has the same."""
    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(default=2525, ge=1, le=65535)
    smtp_tls: Literal["none", "starttls", "tls"] = Field(default="none", validate_default=True)
    """How the way to the provider is encrypted (C6.1); `none` only on this machine."""
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_timeout_seconds: float = Field(default=10.0, gt=0, le=60)
    mailbox_dir: Path | None = None
    """Maildir of this machine that stands for people's mailboxes, when there is one."""
    officer_mailbox: str = Field(
        default="contact@carionexiq.com", pattern=r"^[^@\s]+@[^@\s]+$", validate_default=True
    )
    """Address of the data protection officer's function, never a person's: holds to review."""
    security_mailbox: str = Field(
        default="contact@carionexiq.com", pattern=r"^[^@\s]+@[^@\s]+$", validate_default=True
    )
    """Address of the security function, never a person's: penetration tests that are due."""
    mail_from: str = Field(default="contact@carionexiq.com", pattern=r"^[^@\s]+@[^@\s]+$")
    """Address that messages come from and that people answer to."""

    @field_validator("smtp_tls")
    @classmethod
    def _encrypted_beyond_this_machine(cls, value: str, given: ValidationInfo) -> str:
        if value == "none" and given.data.get("smtp_host") not in LOOPBACK:
            raise ValueError("starttls or tls, except on this machine (C6.1)")
        return value
