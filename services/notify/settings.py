"""What the notify service needs to start, beside what every service needs."""

from datetime import time
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from services.notify.domain.timing import NIGHT, QuietHours
from shared.imap import MailboxAddress
from shared.settings import LOOPBACK, Settings, named_beyond_this_machine


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
    smtp_processor: str | None = Field(default=None, validate_default=True)
    """Who delivers, as the register of processors calls it; needed unless on this machine."""
    smtp_timeout_seconds: float = Field(default=10.0, gt=0, le=60)
    smtp_connections: int = Field(default=8, ge=2, le=200)
    """Sessions with the provider at the same time; one domain takes half of them at most."""
    smtp_ca_file: Path | None = None
    """Certificates that the provider's is checked against, instead of the system's."""
    dkim_key_file: Path | None = None
    """RSA key (PEM) that messages are signed with (RFC 6376); without it the provider signs."""
    dkim_selector: str = Field(default="carionexiq", pattern=r"^[a-z0-9][a-z0-9.-]{0,62}$")
    """Under which name the domain publishes the key: `<selector>._domainkey.<domain>`."""
    return_address: str | None = Field(default=None, pattern=r"^[^@\s+]{1,14}@[^@\s]+$")
    """Mailbox that bounces and complaints come back to; every address `<name>+…@` leads there."""
    return_imap_host: str | None = None
    """Server of that mailbox; without one nothing is read."""
    return_imap_port: int = Field(default=993, ge=1, le=65535)
    return_imap_tls: Literal["none", "tls"] = Field(default="tls", validate_default=True)
    """How the way to it is encrypted; `none` only on this machine."""
    return_imap_processor: str | None = Field(default=None, validate_default=True)
    """Who keeps that mailbox, as the register of processors calls it."""
    return_imap_username: str = ""
    return_imap_password: SecretStr = SecretStr("")
    return_imap_folder: str = "INBOX"
    """Reports in it are read, then deleted."""
    return_imap_aside_folder: str = "Set aside"
    """What is no report of ours, for 30 days."""
    return_imap_timeout_seconds: float = Field(default=20.0, gt=0, le=120)
    quiet_from_hour: int = Field(default=NIGHT.start.hour, ge=0, le=23)
    """From when, by the person's clock, nothing leaves that may wait."""
    quiet_until_hour: int = Field(default=NIGHT.end.hour, ge=0, le=23)
    """Until when; the same hour as the other where there are no quiet hours."""
    mailbox_dir: Path | None = None
    """Maildir of this machine that stands for people's mailboxes, when there is one."""
    officer_mailbox: str = Field(
        default="contact@carionexiq.com", pattern=r"^[^@\s]+@[^@\s]+$", validate_default=True
    )
    """Address of the data protection officer's function, never a person's: holds to review."""
    security_mailbox: str = Field(
        default="contact@carionexiq.com", pattern=r"^[^@\s]+@[^@\s]+$", validate_default=True
    )
    """Address of the security function, never a person's: anomalies, penetration tests due."""
    mail_from: str = Field(default="contact@carionexiq.com", pattern=r"^[^@\s]+@[^@\s]+$")
    """Address that messages come from and that people answer to."""

    @property
    def quiet_hours(self) -> QuietHours:
        """When nothing leaves that may wait."""
        return QuietHours(time(self.quiet_from_hour), time(self.quiet_until_hour))

    @property
    def return_mailbox(self) -> MailboxAddress | None:
        """The mailbox that bounces and complaints come back to, where there is one."""
        if self.return_imap_host is None or self.return_address is None:
            return None
        return MailboxAddress(
            host=self.return_imap_host,
            port=self.return_imap_port,
            tls=self.return_imap_tls,
            username=self.return_imap_username,
            password=self.return_imap_password,
            folder=self.return_imap_folder,
            aside=self.return_imap_aside_folder,
            timeout_seconds=self.return_imap_timeout_seconds,
        )

    @field_validator("smtp_tls")
    @classmethod
    def _encrypted_beyond_this_machine(cls, value: str, given: ValidationInfo) -> str:
        if value == "none" and given.data.get("smtp_host") not in LOOPBACK:
            raise ValueError("starttls or tls, except on this machine (C6.1)")
        return value

    @field_validator("smtp_processor")
    @classmethod
    def _sent_by_somebody(cls, value: str | None, given: ValidationInfo) -> str | None:
        return named_beyond_this_machine(value, given.data.get("smtp_host"))

    @field_validator("return_imap_processor")
    @classmethod
    def _returned_by_somebody(cls, value: str | None, given: ValidationInfo) -> str | None:
        return named_beyond_this_machine(value, given.data.get("return_imap_host"))

    @field_validator("return_imap_tls")
    @classmethod
    def _returned_encrypted(cls, value: str, given: ValidationInfo) -> str:
        if value == "none" and given.data.get("return_imap_host") not in LOOPBACK:
            raise ValueError("tls, except on this machine (C6.1)")
        return value
