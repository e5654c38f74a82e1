"""Settings of the identity service."""

from pydantic import Field, SecretStr

from shared.settings import Settings


class IdentitySettings(Settings):
    """What identity needs beyond every service's settings."""

    link_secret: SecretStr = Field(min_length=16)
    """Signs the links in e-mails."""
    argon2_time_cost: int = Field(default=3, ge=1, le=20)
    argon2_memory_kib: int = Field(default=65_536, ge=8, le=4_194_304)
    argon2_parallelism: int = Field(default=4, ge=1, le=64)
    password_hashes_at_once: int = Field(default=2, ge=1, le=64)
    """How many hashes are computed at the same time; each takes `argon2_memory_kib`."""
    even_answer_seconds: float = Field(default=0.3, ge=0, le=5)
    """Answers whose time must not tell whether an account is known take a multiple of this."""
