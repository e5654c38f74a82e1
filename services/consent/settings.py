"""Settings of the consent service."""

from pydantic import Field, SecretStr

from shared.settings import Settings


class ConsentSettings(Settings):
    """What consent needs beyond every service's settings."""

    link_secret: SecretStr = Field(min_length=16)
    """Signs the unsubscribe links that notify puts into e-mails."""
